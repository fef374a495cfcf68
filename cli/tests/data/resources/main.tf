terraform {
  required_providers {
    rabbitmq = {
      source = "cyrilgdn/rabbitmq"
    }
  }
}

variable "vhost" {
  default = "/"
}

resource "rabbitmq_exchange" "dead_letters" {
  name  = "dead letters"
  vhost = var.vhost

  settings {
    type        = "fanout"
    durable     = true
    auto_delete = false
  }
}

resource "rabbitmq_exchange" "orders" {
  name  = "orders"
  vhost = var.vhost

  settings {
    type        = "topic"
    durable     = true
    auto_delete = false
  }
}

resource "rabbitmq_exchange" "safe" {
  name  = "safe"
  vhost = var.vhost

  settings {
    type        = "direct"
    durable     = true
    auto_delete = false
    arguments   = { "alternate-exchange" = "dead letters" }
  }
}

resource "rabbitmq_queue" "billing" {
  name  = "billing"
  vhost = var.vhost

  settings {
    durable        = true
    auto_delete    = false
    arguments_json = jsonencode({ "x-dead-letter-exchange" = "dead letters", "x-dead-letter-routing-key" = "died", "x-max-length" = 100, "x-queue-type" = "classic" })
  }
}

resource "rabbitmq_queue" "archive" {
  name  = "archive"
  vhost = var.vhost

  settings {
    durable        = true
    auto_delete    = false
    arguments_json = jsonencode({ "x-queue-type" = "quorum" })
  }
}

resource "rabbitmq_queue" "a_name_if_q" {
  name  = "a $${name} %%{if} \"q\" \\ \u202e"
  vhost = var.vhost

  settings {
    durable        = true
    auto_delete    = false
    arguments_json = jsonencode({ "x-queue-type" = "classic" })
  }
}

resource "rabbitmq_binding" "orders_billing" {
  source           = "orders"
  vhost            = var.vhost
  destination      = "billing"
  destination_type = "queue"
  routing_key      = "order.#"
}

resource "rabbitmq_binding" "orders_dead_letters" {
  source           = "orders"
  vhost            = var.vhost
  destination      = "dead letters"
  destination_type = "exchange"
  routing_key      = "*.died"
}

resource "rabbitmq_binding" "amq_headers_archive" {
  source           = "amq.headers"
  vhost            = var.vhost
  destination      = "archive"
  destination_type = "queue"
  routing_key      = ""
  arguments_json   = jsonencode({ "format" = "pdf", "pages" = 3, "x-match" = "all" })
}

resource "rabbitmq_policy" "bounded" {
  name  = "bounded"
  vhost = var.vhost

  policy {
    pattern    = "^billing"
    priority   = 2
    apply_to   = "queues"
    definition = { "max-length" = 5 }
  }
}

resource "rabbitmq_operator_policy" "guard" {
  name  = "guard"
  vhost = var.vhost

  policy {
    pattern    = ""
    priority   = 0
    apply_to   = "queues"
    definition = { "max-length" = 1000 }
  }
}

variable "passwords" {
  type = map(string)
}

resource "rabbitmq_user" "ann" {
  name     = "ann"
  password = var.passwords["ann"]
  tags     = ["monitoring"]
}

resource "rabbitmq_permissions" "ann" {
  user  = "ann"
  vhost = var.vhost

  permissions {
    configure = ""
    write     = "^orders$"
    read      = ".*"
  }
}

resource "rabbitmq_topic_permissions" "ann" {
  user  = "ann"
  vhost = var.vhost

  permissions {
    exchange = "orders"
    write    = "^order\\."
    read     = ".*"
  }
}
