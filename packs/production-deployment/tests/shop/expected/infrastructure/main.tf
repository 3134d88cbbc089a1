resource "kubernetes_namespace_v1" "this" {
  metadata {
    name = "shop-${var.environment}"
    labels = {
      "app.kubernetes.io/part-of"          = "shop"
      "pod-security.kubernetes.io/enforce" = "baseline"
    }
  }
}
