environment = "staging"

domain = "staging.example.org"
