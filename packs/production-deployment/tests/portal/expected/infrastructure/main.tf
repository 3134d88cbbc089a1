resource "kubernetes_namespace_v1" "this" {
  metadata {
    name = "gate-${var.environment}"
    labels = {
      "app.kubernetes.io/part-of"          = "gate"
      "pod-security.kubernetes.io/enforce" = "baseline"
    }
  }
}
