# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  to = aws_sesv2_configuration_set._2fa
  id = "2fa"
}

import {
  to = aws_sesv2_configuration_set.main
  id = "Main"
}

import {
  to = aws_sesv2_configuration_set.class
  id = "class"
}

import {
  to = aws_sesv2_configuration_set.con
  id = "con"
}

import {
  to = aws_sesv2_configuration_set.event_destinations
  id = "event-destinations"
}

import {
  to = aws_sesv2_configuration_set.imports
  id = "imports"
}

import {
  to = aws_sesv2_configuration_set.orders
  id = "orders"
}

import {
  to = aws_sesv2_configuration_set.orders_override
  id = "orders_override"
}

import {
  to = aws_sesv2_configuration_set.override
  id = "override"
}

import {
  to = aws_sesv2_configuration_set.scope
  id = "scope"
}

import {
  to = aws_sesv2_configuration_set.self
  id = "self"
}

import {
  to = aws_sesv2_configuration_set.the_longest_name_that_a_configuration_set_can_have_is_of_64_lett
  id = "the-longest-name-that-a-configuration-set-can-have-is-of-64-lett"
}

import {
  to = aws_sesv2_configuration_set.versions
  id = "versions"
}

import {
  to = aws_sesv2_configuration_set.versions_set
  id = "versions-set"
}

import {
  to = aws_sesv2_configuration_set_event_destination.class_bounces
  id = "class|bounces"
}

import {
  to = aws_sesv2_configuration_set_event_destination.event_destinations_a
  id = "event-destinations|a"
}

import {
  to = aws_sesv2_configuration_set_event_destination.event_destinations_b
  id = "event-destinations|b"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_app
  id = "orders|app"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_bounces
  id = "orders|bounces"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_complaints
  id = "orders|complaints"
}

import {
  to = aws_sesv2_configuration_set_event_destination.self_stack
  id = "self|stack"
}

import {
  to = aws_sesv2_configuration_set_event_destination.the_longest_name_that_a_configuration_set_can_have_is_of_64_lett_bounces
  id = "the-longest-name-that-a-configuration-set-can-have-is-of-64-lett|bounces"
}
