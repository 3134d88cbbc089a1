output "namespace" {
  description = "The namespace that everything is in."
  value       = kubernetes_namespace_v1.this.metadata[0].name
}

output "url_of_app" {
  description = "Where app is reached."
  value       = var.domain == "" ? null : "https://${var.domain}"
}
