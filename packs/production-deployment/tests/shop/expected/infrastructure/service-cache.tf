resource "kubernetes_deployment_v1" "cache" {
  metadata {
    name      = "cache"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = { "app.kubernetes.io/name" = "cache" }
  }

  spec {
    replicas = lookup(var.replicas, "cache", 1)

    selector {
      match_labels = { "app.kubernetes.io/name" = "cache" }
    }

    template {
      metadata {
        labels = { "app.kubernetes.io/name" = "cache" }
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
          name  = "cache"
          image = "docker.io/library/redis:7-alpine"

          port {
            container_port = 6379
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
              port = 6379
            }
            initial_delay_seconds = 2
          }

          liveness_probe {
            tcp_socket {
              port = 6379
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

resource "kubernetes_service_v1" "cache" {
  metadata {
    name      = "cache"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    selector = { "app.kubernetes.io/name" = "cache" }
    port {
      port        = 6379
      target_port = 6379
    }
  }
}
