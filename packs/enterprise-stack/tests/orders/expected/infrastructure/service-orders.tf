resource "kubernetes_deployment_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = { "app.kubernetes.io/name" = "orders" }
  }

  spec {
    # What is kept for good can have one owner at a time.
    replicas = 1
    strategy {
      type = "Recreate"
    }

    selector {
      match_labels = { "app.kubernetes.io/name" = "orders" }
    }

    template {
      metadata {
        labels = { "app.kubernetes.io/name" = "orders" }
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
          name  = "orders"
          image = var.image

          port {
            container_port = 8000
          }

          resources {
            requests = {
              cpu    = "250m"
              memory = "512Mi"
            }
            limits = {
              memory = "512Mi"
            }
          }

          readiness_probe {
            http_get {
              path = "/health"
              port = 8000
            }
            initial_delay_seconds = 2
          }

          liveness_probe {
            http_get {
              path = "/health"
              port = 8000
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
          persistent_volume_claim {
            claim_name = kubernetes_persistent_volume_claim_v1.orders.metadata[0].name
          }
        }
      }
    }
  }
}

resource "kubernetes_service_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    selector = { "app.kubernetes.io/name" = "orders" }
    port {
      port        = 8000
      target_port = 8000
    }
  }
}

resource "kubernetes_persistent_volume_claim_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
      requests = { storage = "10Gi" }
    }
  }

  wait_until_bound = false

  lifecycle {
    prevent_destroy = true
  }
}

resource "kubernetes_ingress_v1" "orders" {
  count = var.domain == "" ? 0 : 1

  metadata {
    name      = "orders"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    tls {
      hosts       = [var.domain]
      secret_name = "orders-tls"
    }

    rule {
      host = var.domain
      http {
        path {
          path      = "/"
          path_type = "Prefix"
          backend {
            service {
              name = kubernetes_service_v1.orders.metadata[0].name
              port {
                number = 8000
              }
            }
          }
        }
      }
    }
  }
}
