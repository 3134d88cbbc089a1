resource "kubernetes_deployment_v1" "pages" {
  metadata {
    name      = "pages"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = { "app.kubernetes.io/name" = "pages" }
  }

  spec {
    replicas = lookup(var.replicas, "pages", 1)

    selector {
      match_labels = { "app.kubernetes.io/name" = "pages" }
    }

    template {
      metadata {
        labels = { "app.kubernetes.io/name" = "pages" }
      }

      spec {
        automount_service_account_token = false
        enable_service_links            = false

        security_context {
          run_as_non_root = true
          run_as_user     = 10001
          fs_group        = 10001
          seccomp_profile {
            type = "RuntimeDefault"
          }
        }

        container {
          name  = "pages"
          image = "docker.io/nginxinc/nginx-unprivileged:1.27-alpine"

          port {
            container_port = 8080
          }

          env {
            name  = "PORTAL_API_HOST"
            value = kubernetes_service_v1.portal_api.metadata[0].name
          }

          env {
            name  = "PORTAL_API_PORT"
            value = kubernetes_service_v1.portal_api.spec[0].port[0].port
          }

          resources {
            requests = {
              cpu    = "50m"
              memory = "128Mi"
            }
            limits = {
              memory = "128Mi"
            }
          }

          readiness_probe {
            tcp_socket {
              port = 8080
            }
            initial_delay_seconds = 2
          }

          liveness_probe {
            tcp_socket {
              port = 8080
            }
            initial_delay_seconds = 15
          }

          security_context {
            allow_privilege_escalation = false
            read_only_root_filesystem  = true
            capabilities {
              drop = ["ALL"]
            }
          }

          volume_mount {
            name       = "tmp"
            mount_path = "/tmp"
          }

          volume_mount {
            name       = "data"
            mount_path = "/data"
          }
        }

        volume {
          name = "tmp"
          empty_dir {}
        }

        volume {
          name = "data"
          empty_dir {}
        }
      }
    }
  }
}

resource "kubernetes_service_v1" "pages" {
  metadata {
    name      = "pages"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    selector = { "app.kubernetes.io/name" = "pages" }
    port {
      port        = 8080
      target_port = 8080
    }
  }
}

resource "kubernetes_ingress_v1" "pages" {
  count = var.domain == "" ? 0 : 1

  metadata {
    name      = "pages"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    tls {
      hosts       = ["pages.${var.domain}"]
      secret_name = "pages-tls"
    }

    rule {
      host = "pages.${var.domain}"
      http {
        path {
          path      = "/"
          path_type = "Prefix"
          backend {
            service {
              name = kubernetes_service_v1.pages.metadata[0].name
              port {
                number = 8080
              }
            }
          }
        }
      }
    }
  }
}
