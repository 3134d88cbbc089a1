terraform {
  required_version = ">= 1.5"

  required_providers {
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 2.35"
    }
  }

  # The state lies in the cluster itself, as a secret; each environment has its own:
  # terraform init -backend-config=secret_suffix=PROJECT-ENVIRONMENT
  backend "kubernetes" {
    namespace = "default"
  }
}

# The cluster is the one that KUBE_CONFIG_PATH leads to.
provider "kubernetes" {}
