variable "environment" {
  description = "The environment to deploy to."
  type        = string
}

variable "image" {
  description = "The image of the project, with its version."
  type        = string
}

variable "domain" {
  description = "The name that public services are reached under; without it there is no way in from outside."
  type        = string
  default     = ""
}

variable "replicas" {
  description = "How many containers of each service there are; one where nothing is said."
  type        = map(number)
  default     = {}
}

variable "secrets" {
  description = "The values of the services' secrets, by SERVICE_NAME."
  type        = map(string)
  default     = {}
  sensitive   = true
}
