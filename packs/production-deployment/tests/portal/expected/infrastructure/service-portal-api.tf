resource "kubernetes_deployment_v1" "portal_api" {
  metadata {
    name      = "portal-api"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = { "app.kubernetes.io/name" = "portal-api" }
  }

  spec {
    replicas = lookup(var.replicas, "portal-api", 1)

    selector {
      match_labels = { "app.kubernetes.io/name" = "portal-api" }
    }

    template {
      metadata {
        labels = { "app.kubernetes.io/name" = "portal-api" }
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
          name  = "portal-api"
          image = var.image

          port {
            container_port = 9000
          }

          env {
            name = "API_KEY"
            value_from {
              secret_key_ref {
                name = kubernetes_secret_v1.portal_api.metadata[0].name
                key  = "API_KEY"
              }
            }
          }

          env {
            name = "DATABASE_PASSWORD"
            value_from {
              secret_key_ref {
                name = kubernetes_secret_v1.portal_api.metadata[0].name
                key  = "DATABASE_PASSWORD"
              }
            }
          }

          env {
            name  = "GREETING"
            value = "It's $${100} \"%%{now}\""
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
            http_get {
              path = "/status"
              port = 9000
            }
            initial_delay_seconds = 2
          }

          liveness_probe {
            http_get {
              path = "/status"
              port = 9000
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

resource "kubernetes_service_v1" "portal_api" {
  metadata {
    name      = "portal-api"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    selector = { "app.kubernetes.io/name" = "portal-api" }
    port {
      port        = 9000
      target_port = 9000
    }
  }
}

resource "kubernetes_secret_v1" "portal_api" {
  metadata {
    name      = "portal-api"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  data = {
    "API_KEY" = var.secrets["PORTAL_API_API_KEY"]
    "DATABASE_PASSWORD" = var.secrets["PORTAL_API_DATABASE_PASSWORD"]
  }
}

resource "kubernetes_ingress_v1" "portal_api" {
  count = var.domain == "" ? 0 : 1

  metadata {
    name      = "portal-api"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    tls {
      hosts       = ["portal-api.${var.domain}"]
      secret_name = "portal-api-tls"
    }

    rule {
      host = "portal-api.${var.domain}"
      http {
        path {
          path      = "/"
          path_type = "Prefix"
          backend {
            service {
              name = kubernetes_service_v1.portal_api.metadata[0].name
              port {
                number = 9000
              }
            }
          }
        }
      }
    }
  }
}
