# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  to = aws_sesv2_configuration_set._2fa
  id = "2fa"
}

import {
  to = aws_sesv2_configuration_set.bootstrap_version
  id = "BootstrapVersion"
}

import {
  to = aws_sesv2_configuration_set.default
  id = "Default"
}

import {
  to = aws_sesv2_configuration_set.orders_d0d6efb1
  id = "ORDERS"
}

import {
  to = aws_sesv2_configuration_set.order_events_eu
  id = "OrderEventsEU"
}

import {
  to = aws_sesv2_configuration_set.orders_b7e8acdd
  id = "Orders"
}

import {
  to = aws_sesv2_configuration_set.a
  id = "a"
}

import {
  to = aws_sesv2_configuration_set.a_b
  id = "a-b"
}

import {
  to = aws_sesv2_configuration_set.a_b_648fa9b3
  id = "a_b"
}

import {
  to = aws_sesv2_configuration_set.class
  id = "class"
}

import {
  to = aws_sesv2_configuration_set.orders
  id = "orders"
}

import {
  to = aws_sesv2_configuration_set.orders_bounces
  id = "orders-bounces"
}

import {
  to = aws_sesv2_configuration_set.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  id = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
}

import {
  to = aws_sesv2_configuration_set_event_destination._2fa_2nd
  id = "2fa|2nd"
}

import {
  to = aws_sesv2_configuration_set_event_destination.default_default
  id = "Default|Default"
}

import {
  to = aws_sesv2_configuration_set_event_destination.order_events_eu_to_sns
  id = "OrderEventsEU|toSNS"
}

import {
  to = aws_sesv2_configuration_set_event_destination.a_b_c_efda8ca3
  id = "a|b-c"
}

import {
  to = aws_sesv2_configuration_set_event_destination.a_b_c_3a0548f0
  id = "a|b_c"
}

import {
  to = aws_sesv2_configuration_set_event_destination.a_b_c_14c10a8a
  id = "a-b|c"
}

import {
  to = aws_sesv2_configuration_set_event_destination.a_b_c_37f9091b
  id = "a_b|c"
}

import {
  to = aws_sesv2_configuration_set_event_destination.class_import
  id = "class|import"
}

import {
  to = aws_sesv2_configuration_set_event_destination.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  id = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
}
