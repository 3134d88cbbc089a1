output "namespace" {
  description = "The namespace that everything is in."
  value       = kubernetes_namespace_v1.this.metadata[0].name
}

output "url_of_pages" {
  description = "Where pages is reached."
  value       = var.domain == "" ? null : "https://pages.${var.domain}"
}

output "url_of_portal_api" {
  description = "Where portal-api is reached."
  value       = var.domain == "" ? null : "https://portal-api.${var.domain}"
}
