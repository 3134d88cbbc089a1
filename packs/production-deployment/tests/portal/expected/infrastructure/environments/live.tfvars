environment = "live"

domain = "example.org"

replicas = {
  "pages" = 2
  "portal-api" = 3
}
