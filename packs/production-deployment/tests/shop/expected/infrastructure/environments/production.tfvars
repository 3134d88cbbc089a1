environment = "production"

domain = "www.example.org"

replicas = {
  "cache" = 2
}
