"""Shapes of Terraform code in the manner of public repositories, for the real Terraform to apply.

``@`` is the prefix of all names of a shape, by which what is live is told apart. Shapes of one root
are its modules, or files of the root itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

V2_SET = "aws_sesv2_configuration_set"
V2_DESTINATION = "aws_sesv2_configuration_set_event_destination"

ANY = ("types", "enabled", "target", "gone", "new", "new set")
"""What may be changed by hand in any shape."""


@dataclass(frozen=True)
class Shape:
    """Code of its own, and what may be changed by hand in what it makes.

    Attributes:
        name: What is special about it.
        files: Its files; those of the root where it is no module.
        changes: The changes that may be made by hand.
        call: Arguments of the block that calls it as a module.
    """

    name: str
    files: Mapping[str, str]
    changes: tuple[str, ...] = ANY
    call: str = ""


@dataclass(frozen=True)
class Root:
    """A root module.

    Attributes:
        name: What it is called.
        main: Its own code, and other files of it.
        modules: The shapes that are its modules.
        inside: The shapes that are files of it.
        arguments: Options of ``ses2iac`` for its variables; Terraform takes the same.
        environment: Variables of the process.
        workspace: The workspace, if it is not the default one.
        has_own_provider: Whether Terraform must start the provider, as several are configured.
    """

    name: str
    main: Mapping[str, str]
    modules: tuple[Shape, ...] = ()
    inside: tuple[Shape, ...] = ()
    var_files: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    workspace: str = ""
    has_own_provider: bool = False


def a_set(name: str = '"@-mail"', label: str = "this", more: str = "") -> str:
    """A configuration set."""
    return f'resource "{V2_SET}" "{label}" {{\n  configuration_set_name = {name}\n{more}\n}}\n'


def to_topic(
    target: str = "aws_sns_topic.events.arn",
    set_name: str = f"{V2_SET}.this.configuration_set_name",
    label: str = "sns",
    more: str = "",
    head: str = "",
) -> str:
    """A destination that publishes to a topic."""
    return f"""
resource "{V2_DESTINATION}" "{label}" {{
{head}
  configuration_set_name = {set_name}
  event_destination_name = "{label}"
  event_destination {{
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT"]
    sns_destination {{
      topic_arn = {target}
    }}
  }}
{more}
}}
"""


TOPIC = 'resource "aws_sns_topic" "events" {\n  name = "@-events"\n}\n'
ROLE = """
resource "aws_iam_role" "firehose" {
  name               = "@-firehose"
  path               = "/ses/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
"""
STREAM = ROLE + """
resource "aws_s3_bucket" "events" {
  bucket = "@-events"
}
resource "aws_kinesis_firehose_delivery_stream" "events" {
  name        = "@-events"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn   = aws_iam_role.firehose.arn
    bucket_arn = aws_s3_bucket.events.arn
  }
}
"""
V1_SET = 'resource "aws_ses_configuration_set" "main" {\n  name = "@-mail"\n%s\n}\n'
V1_TOPIC = """
resource "aws_ses_event_destination" "sns" {
  name                   = "sns"
  configuration_set_name = aws_ses_configuration_set.main.name
  enabled                = true
  matching_types         = ["bounce", "complaint", "renderingFailure"]
  sns_destination {
    topic_arn = aws_sns_topic.events.arn
  }
}
"""
SENDER = {
    "modules/sender/main.tf": """
variable "name" { type = string }
variable "topic_arn" { type = string }
variable "event_types" {
  type    = list(string)
  default = ["BOUNCE", "COMPLAINT"]
}
variable "tags" {
  type    = map(string)
  default = {}
}
"""
    + a_set('"${var.name}-mail"', more='  tags = merge(var.tags, { module = "sender" })')
    + to_topic("var.topic_arn").replace('["BOUNCE", "COMPLAINT"]', "var.event_types")
    + f'output "name" {{\n  value = {V2_SET}.this.configuration_set_name\n}}\n'
}

MODULES = (
    Shape("a set and a topic in the same code", {"main.tf": TOPIC + a_set() + to_topic()}),
    Shape(
        "all options of a set",
        {"main.tf": TOPIC + a_set(more="""
  delivery_options {
    max_delivery_seconds = 600
    tls_policy           = "REQUIRE"
  }
  reputation_options {
    reputation_metrics_enabled = false
  }
  sending_options {
    sending_enabled = true
  }
  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }
  vdm_options {
    dashboard_options {
      engagement_metrics = "ENABLED"
    }
    guardian_options {
      optimized_shared_delivery = "DISABLED"
    }
  }
  tags = {
    team = "mail"
  }""") + to_topic()},
        (*ANY, "sending", "tls", "tag"),
    ),
    Shape(
        "v1 set and destination",
        {"main.tf": TOPIC + V1_SET % "" + V1_TOPIC},
        (*ANY, "sending"),
    ),
    Shape(
        "v1 with its options",
        {"main.tf": TOPIC + V1_SET % """
  reputation_metrics_enabled = true
  sending_enabled            = false
  delivery_options {
    tls_policy = "Require"
  }
  tracking_options {
    custom_redirect_domain = "click.example.com"
  }""" + V1_TOPIC},
        (*ANY, "sending", "tls"),
    ),
    Shape(
        "v1 metrics by for_each and dynamic dimensions",
        {
            "main.tf": V1_SET % ""
            + """
locals {
  metrics = {
    sends  = { types = ["send", "delivery"], tags = ["campaign", "brand"] }
    clicks = { types = ["open", "click"], tags = ["campaign"] }
  }
}
resource "aws_ses_event_destination" "metrics" {
  for_each               = local.metrics
  name                   = each.key
  configuration_set_name = aws_ses_configuration_set.main.id
  enabled                = true
  matching_types         = each.value.types
  dynamic "cloudwatch_destination" {
    for_each = toset(each.value.tags)
    content {
      default_value  = "none"
      dimension_name = cloudwatch_destination.key
      value_source   = "messageTag"
    }
  }
}
"""
        },
        ("types", "enabled", "gone", "new", "new set"),
    ),
    Shape(
        "v1 to a stream with count",
        {
            "main.tf": STREAM
            + V1_SET % ""
            + """
variable "enabled" {
  type    = bool
  default = true
}
resource "aws_ses_event_destination" "stream" {
  count                  = var.enabled ? 1 : 0
  name                   = "stream-${count.index}"
  configuration_set_name = aws_ses_configuration_set.main.name
  enabled                = var.enabled
  matching_types         = ["send", "reject"]
  kinesis_destination {
    stream_arn = aws_kinesis_firehose_delivery_stream.events.arn
    role_arn   = aws_iam_role.firehose.arn
  }
}
"""
        },
    ),
    Shape(
        "v1 set with v2 destinations",
        {
            "main.tf": TOPIC
            + V1_SET % ""
            + V1_TOPIC
            + to_topic(set_name="aws_ses_configuration_set.main.name", label="second")
        },
    ),
    Shape(
        "one module for each brand",
        {
            **SENDER,
            "main.tf": TOPIC
            + """
module "sender" {
  source    = "./modules/sender"
  for_each  = toset(["@-ash", "@-elm"])
  name      = each.key
  topic_arn = aws_sns_topic.events.arn
  tags      = { brand = trimprefix(each.key, "@-") }
}
""",
        },
        (*ANY, "tag"),
    ),
    Shape(
        "a module by count with an output used",
        {
            **SENDER,
            "main.tf": TOPIC
            + """
module "sender" {
  source      = "./modules/sender"
  count       = 2
  name        = "@-${count.index + 1}"
  topic_arn   = aws_sns_topic.events.arn
  event_types = count.index == 0 ? ["SEND"] : ["OPEN", "CLICK"]
}
"""
            + to_topic(set_name="module.sender[1].name", label="extra"),
        },
    ),
    Shape(
        "modules in modules, and their outputs",
        {
            **SENDER,
            "modules/product/main.tf": """
variable "name" {}
variable "sizes" { type = map(list(string)) }
resource "aws_sns_topic" "events" {
  name = "${var.name}-events"
}
module "sender" {
  source      = "../sender"
  for_each    = var.sizes
  name        = "${var.name}-${each.key}"
  topic_arn   = aws_sns_topic.events.arn
  event_types = each.value
}
output "names" {
  value = { for key, sender in module.sender : key => sender.name }
}
output "topic" {
  value = aws_sns_topic.events
}
""",
            "main.tf": """
module "product" {
  source = "./modules/product"
  name   = "@"
  sizes  = { s = ["SEND"], l = ["BOUNCE", "REJECT"] }
}
"""
            + to_topic("module.product.topic.arn", 'module.product.names["l"]', "extra"),
        },
    ),
    Shape(
        "an optional module of an outer condition",
        {
            **SENDER,
            "main.tf": TOPIC
            + """
variable "create" {
  default = true
}
module "sender" {
  source    = "./modules/sender"
  count     = var.create ? 1 : 0
  name      = "@"
  topic_arn = aws_sns_topic.events.arn
}
"""
            + to_topic(set_name="one(module.sender[*].name)", label="extra").replace(
                '"extra"\n  event_destination {', '"extra"\n  event_destination {'
            ),
        },
    ),
    Shape(
        "for_each over a map of objects with dynamic targets",
        {
            "main.tf": TOPIC
            + """
resource "aws_cloudwatch_event_bus" "mail" {
  name = "@-mail"
}
variable "destinations" {
  type = map(object({
    types   = list(string)
    target  = string
    enabled = optional(bool, true)
  }))
  default = {
    bounces = { types = ["BOUNCE"], target = "sns" }
    events  = { types = ["SEND", "OPEN"], target = "bus" }
    off     = { types = ["REJECT"], target = "metrics", enabled = false }
  }
}
"""
            + a_set()
            + f"""
resource "{V2_DESTINATION}" "all" {{
  for_each               = var.destinations
  configuration_set_name = {V2_SET}.this.configuration_set_name
  event_destination_name = each.key
  event_destination {{
    enabled              = each.value.enabled
    matching_event_types = each.value.types
    dynamic "sns_destination" {{
      for_each = each.value.target == "sns" ? [aws_sns_topic.events.arn] : []
      content {{
        topic_arn = sns_destination.value
      }}
    }}
    dynamic "event_bridge_destination" {{
      for_each = each.value.target == "bus" ? [1] : []
      content {{
        event_bus_arn = "arn:aws:events:eu-west-1:000000000000:event-bus/default"
      }}
    }}
    dynamic "cloud_watch_destination" {{
      for_each = each.value.target == "metrics" ? [["campaign", "brand"]] : []
      iterator = metrics
      content {{
        dynamic "dimension_configuration" {{
          for_each = metrics.value
          content {{
            dimension_name          = dimension_configuration.value
            dimension_value_source  = "MESSAGE_TAG"
            default_dimension_value = "none"
          }}
        }}
      }}
    }}
  }}
}}
"""
        },
    ),
    Shape(
        "locals with flatten, merge and a map of pairs",
        {
            "main.tf": TOPIC
            + """
locals {
  brands = { ash = ["bounces", "clicks"], elm = ["bounces"] }
  types  = merge({ bounces = ["BOUNCE"] }, { clicks = ["CLICK", "OPEN"] })
  pairs = flatten([
    for brand, kinds in local.brands : [
      for kind in kinds : { brand = brand, kind = kind }
    ]
  ])
}
"""
            + a_set('"@-${each.key}"', more="  for_each = local.brands")
            + f"""
resource "{V2_DESTINATION}" "all" {{
  for_each               = {{ for pair in local.pairs : "${{pair.brand}}/${{pair.kind}}" => pair }}
  configuration_set_name = {V2_SET}.this[each.value.brand].configuration_set_name
  event_destination_name = each.value.kind
  event_destination {{
    enabled              = true
    matching_event_types = local.types[each.value.kind]
    sns_destination {{
      topic_arn = aws_sns_topic.events.arn
    }}
  }}
}}
"""
        },
    ),
    Shape(
        "names of functions",
        {
            "main.tf": TOPIC
            + """
variable "domain" {
  default = "Mail.Example.org"
}
locals {
  slug = replace(lower(var.domain), ".", "-")
  name = format("@-%s-%02d", trimsuffix(local.slug, "-org"), 7)
}
"""
            + a_set("local.name")
            + to_topic().replace(
                '["BOUNCE", "COMPLAINT"]', 'setsubtract(["SEND", "OPEN", "CLICK"], ["OPEN"])'
            )
        },
    ),
    Shape(
        "a name of a regular expression, split and element",
        {
            "main.tf": TOPIC
            + a_set(
                'join("-", ["@", replace("mail.example.org", "/[^a-z]+/", "_"), '
                'element(split(".", "a.b.c"), 4), substr("abcdef", 0, 3)])'
            )
            + to_topic()
        },
    ),
    Shape(
        "an ARN of data sources",
        {
            "main.tf": """
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
locals {
  owner = "${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"
  arn   = "arn:${data.aws_partition.current.partition}:sns:${local.owner}:@-events"
}
resource "aws_sns_topic" "events" {
  name = "@-events"
}
"""
            + a_set('"@-${data.aws_region.current.name}"')
            + to_topic("local.arn", more="depends_on = [aws_sns_topic.events]")
        },
    ),
    Shape(
        "a topic that is looked up by its name",
        {
            "main.tf": TOPIC
            + 'data "aws_sns_topic" "events" {\n  name = aws_sns_topic.events.name\n}\n'
            + a_set()
            + to_topic("data.aws_sns_topic.events.arn")
        },
    ),
    Shape(
        "topics by for_each, and a splat of them",
        {
            "main.tf": 'resource "aws_sns_topic" "events" {\n'
            '  for_each = toset(["@-a", "@-b"])\n  name = each.value\n}\n'
            'resource "aws_sns_topic" "many" {\n  count = 2\n  name = "@-c${count.index}"\n}\n'
            + a_set()
            + to_topic('aws_sns_topic.events["@-b"].arn')
            + to_topic("(aws_sns_topic.many[*].arn)[1]", label="splat")
            + to_topic("element(aws_sns_topic.many.*.arn, 2)", label="star")
        },
    ),
    Shape(
        "a stream with a role that has a path",
        {
            "main.tf": STREAM
            + a_set()
            + f"""
resource "{V2_DESTINATION}" "stream" {{
  configuration_set_name = {V2_SET}.this.id
  event_destination_name = "stream"
  event_destination {{
    matching_event_types = ["SEND"]
    kinesis_firehose_destination {{
      delivery_stream_arn = aws_kinesis_firehose_delivery_stream.events.arn
      iam_role_arn        = aws_iam_role.firehose.arn
    }}
  }}
}}
"""
        },
        ("types", "enabled", "gone", "new", "new set"),
    ),
    Shape(
        "a role that is looked up by its name",
        {
            "main.tf": STREAM
            + """
data "aws_iam_role" "firehose" {
  name = aws_iam_role.firehose.name
}
"""
            + a_set()
            + f"""
resource "{V2_DESTINATION}" "stream" {{
  configuration_set_name = {V2_SET}.this.id
  event_destination_name = "stream"
  event_destination {{
    matching_event_types = ["SEND"]
    kinesis_firehose_destination {{
      delivery_stream_arn = aws_kinesis_firehose_delivery_stream.events.arn
      iam_role_arn        = data.aws_iam_role.firehose.arn
    }}
  }}
}}
"""
        },
    ),
    Shape(
        "a fixed list of dimensions",
        {
            "main.tf": a_set()
            + f"""
resource "{V2_DESTINATION}" "metrics" {{
  configuration_set_name = {V2_SET}.this.configuration_set_name
  event_destination_name = "metrics"
  event_destination {{
    enabled              = true
    matching_event_types = ["SEND", "DELIVERY", "DELIVERY_DELAY", "SUBSCRIPTION"]
    cloud_watch_destination {{
      dimension_configuration {{
        dimension_name          = "ses:configuration-set"
        dimension_value_source  = "MESSAGE_TAG"
        default_dimension_value = "none"
      }}
      dimension_configuration {{
        dimension_name          = "a"
        dimension_value_source  = "EMAIL_HEADER"
        default_dimension_value = "b"
      }}
    }}
  }}
}}
"""
        },
        ("types", "enabled", "gone", "new", "new set"),
    ),
    Shape(
        "ignored event types",
        {
            "main.tf": TOPIC
            + a_set(more="  lifecycle {\n    ignore_changes = [tags, sending_options]\n  }")
            + to_topic(
                more="  lifecycle {\n    ignore_changes = "
                "[event_destination[0].matching_event_types]\n  }"
            )
        },
        ("enabled", "target", "gone", "new", "new set"),
    ),
    Shape(
        "a destination that ignores all",
        {
            "main.tf": TOPIC
            + a_set(more="  lifecycle {\n    prevent_destroy = false\n  }")
            + to_topic(more="  lifecycle {\n    ignore_changes = all\n  }")
        },
        ("gone", "new", "new set"),
    ),
    Shape(
        "settings in YAML",
        {
            "sets.yaml": "sets:\n  - name: a\n    types: [SEND, OPEN]\n"
            "  - name: b\n    types: [BOUNCE]\n",
            "main.tf": TOPIC
            + """
locals {
  sets = { for each in yamldecode(file("${path.module}/sets.yaml")).sets : each.name => each }
}
"""
            + a_set('"@-${each.key}"', more="  for_each = local.sets")
            + to_topic(
                set_name=f"{V2_SET}.this[each.key].configuration_set_name",
                head="  for_each = local.sets",
            ).replace('["BOUNCE", "COMPLAINT"]', "each.value.types"),
        },
    ),
    Shape(
        "settings in JSON and a name from a template",
        {
            "names.json": '{"mail": ["SEND"]}',
            "name.tftpl": "${prefix}-${kind}",
            "main.tf": TOPIC
            + 'locals {\n  names = jsondecode(file("${path.module}/names.json"))\n}\n'
            + a_set(
                'templatefile("${path.module}/name.tftpl", { prefix = "@", kind = each.key })',
                more="  for_each = local.names",
            )
            + to_topic(
                set_name=f'{V2_SET}.this["mail"].id',
            ),
        },
    ),
    Shape(
        "a module that takes objects, with try and lookup",
        {
            "modules/set/main.tf": """
variable "config" { type = any }
"""
            + a_set(
                'lookup(var.config, "name", "@-none")',
                more='  tags = try(var.config.tags, { from = "default" })',
            )
            + f'output "set" {{\n  value = {V2_SET}.this\n}}\n',
            "main.tf": TOPIC
            + """
module "a" {
  source = "./modules/set"
  config = { name = "@-a", tags = { x = "y" } }
}
module "b" {
  source = "./modules/set"
  config = { name = "@-b" }
}
"""
            + to_topic(set_name="module.a.set.configuration_set_name")
            + to_topic(set_name="module.b.set.id", label="other"),
        },
        (*ANY, "tag"),
    ),
    Shape(
        "nothing but destinations of sets of others",
        {
            "main.tf": TOPIC
            + 'module "sets" {\n  source = "./sets"\n}\n'
            + to_topic(set_name="module.sets.names[count.index]", head="  count = 2"),
            "sets/main.tf": a_set('"@-${each.key}"', more='  for_each = toset(["a", "b"])')
            + f'output "names" {{\n  value = [for s in {V2_SET}.this : '
            "s.configuration_set_name]\n}\n",
        },
    ),
    Shape(
        "an unrelated module beside",
        {
            "modules/queue/main.tf": 'variable "name" {}\nresource "aws_sqs_queue" "q" {\n'
            '  name = var.name\n}\noutput "name" {\n  value = aws_sqs_queue.q.name\n}\n',
            "main.tf": TOPIC
            + 'module "queue" {\n  source = "./modules/queue"\n  name = "@-queue"\n}\n'
            + a_set('"${module.queue.name}-mail"')
            + to_topic(),
        },
    ),
    Shape(
        "disabled by leaving it out",
        {"main.tf": TOPIC + a_set() + to_topic().replace("    enabled              = true\n", "")},
    ),
    Shape(
        "tags of a map and a conditional",
        {
            "main.tf": TOPIC
            + """
variable "extra" {
  type    = map(string)
  default = { cost = "1" }
}
"""
            + a_set(
                more='  tags = merge({ for k in ["b", "a"] : upper(k) => k }, var.extra, '
                'length(var.extra) > 0 ? { some = "yes" } : {})'
            )
            + to_topic()
        },
        (*ANY, "tag"),
    ),
    Shape(
        "tracking without a domain of its own",
        {"main.tf": TOPIC + a_set(more="""
  tracking_options {
    custom_redirect_domain = "click.example.com"
    https_policy           = "REQUIRE"
  }
  suppression_options {
    suppressed_reasons = []
  }""") + to_topic()},
    ),
    Shape(
        "a product of two lists",
        {
            "main.tf": TOPIC
            + """
locals {
  stages = ["dev", "prod"]
  kinds  = ["news", "receipts"]
  sets   = { for p in setproduct(local.stages, local.kinds) : "${p[0]}-${p[1]}" => p }
}
"""
            + a_set('"@-${each.key}"', more="  for_each = local.sets")
            + to_topic(
                set_name=f"{V2_SET}.this[each.key].configuration_set_name",
                head='  for_each = { for k, v in local.sets : k => v if v[0] == "prod" }',
            )
        },
    ),
    Shape(
        "null arguments and coalesce",
        {
            "main.tf": TOPIC
            + """
variable "name" {
  default = null
}
variable "policy" {
  default = null
}
"""
            + a_set(
                'coalesce(var.name, "@-default")',
                more="  delivery_options {\n    tls_policy = var.policy\n  }",
            )
            + to_topic()
        },
    ),
    Shape(
        "heredoc names and zipmap",
        {
            "main.tf": TOPIC
            + """
locals {
  text  = <<-EOT
    @-one
    @-two
  EOT
  lines = compact(split("\\n", local.text))
  sets  = zipmap(local.lines, range(length(local.lines)))
}
"""
            + a_set("each.key", more="  for_each = local.sets\n  tags = { n = each.value }")
            + to_topic(set_name=f'{V2_SET}.this["@-two"].configuration_set_name')
        },
    ),
    Shape(
        "arguments of a call",
        {
            "main.tf": 'variable "topic" {}\nvariable "types" {\n  type = set(string)\n}\n'
            + TOPIC
            + a_set('"@-${var.topic}"')
            + to_topic().replace('["BOUNCE", "COMPLAINT"]', "var.types")
        },
        call='  topic = "mail"\n  types = ["SEND", "SEND", "OPEN"]',
    ),
    Shape(
        "a topic whose name is generated",
        {
            "main.tf": 'resource "aws_sns_topic" "events" {\n  name_prefix = "@-"\n}\n'
            + a_set()
            + to_topic()
        },
        ANY,
    ),
    Shape(
        "a set whose name is random",
        {
            "main.tf": TOPIC
            + 'resource "terraform_data" "id" {\n  input = "x"\n}\n'
            + a_set('"@-${terraform_data.id.output}"')
            + to_topic()
        },
        ("new", "gone"),
    ),
)

REMOTE = {
    ".terraform/modules/modules.json": """{"Modules": [
  {"Key": "", "Source": "", "Dir": "."},
  {
    "Key": "remote",
    "Source": "git::https://example.com/mail.git//modules/mail?ref=v1",
    "Dir": ".terraform/modules/remote/modules/mail"
  },
  {
    "Key": "remote.inner",
    "Source": "../inner",
    "Dir": ".terraform/modules/remote/modules/inner"
  }
]}
""",
    ".terraform/modules/remote/modules/mail/main.tf": """
variable "name" {}
resource "aws_sns_topic" "events" {
  name = "${var.name}-events"
}
module "inner" {
  source = "../inner"
  name   = "${var.name}-inner"
}
"""
    + a_set('"${var.name}-mail"')
    + to_topic(),
    ".terraform/modules/remote/modules/inner/main.tf": 'variable "name" {}\n' + a_set("var.name"),
    "remote.tf": """
module "remote" {
  source = "git::https://example.com/mail.git//modules/mail?ref=v1"
  name   = "@"
}
""",
}

IN_JSON = {
    "//": {"metadata": {"stackName": "mail"}},
    "locals": {"sources": {"campaign": "none"}},
    "resource": {
        "aws_sns_topic": {"json": {"//": {"path": "mail/json"}, "name": "@-json"}},
        V2_SET: {
            "json": {
                "configuration_set_name": '${format("%s-%s", "@", "json")}',
                "sending_options": {"sending_enabled": True},
                "lifecycle": {"ignore_changes": ['tags["seen"]']},
            }
        },
        V2_DESTINATION: {
            "json_sns": {
                "configuration_set_name": f"${{{V2_SET}.json.configuration_set_name}}",
                "depends_on": ["aws_sns_topic.json"],
                "event_destination_name": "sns",
                "event_destination": {
                    "enabled": True,
                    "matching_event_types": ["BOUNCE", "COMPLAINT"],
                    "sns_destination": {"topic_arn": "${aws_sns_topic.json.arn}"},
                },
            },
            "json_metrics": {
                "configuration_set_name": f"${{{V2_SET}.json.id}}",
                "event_destination_name": '${join("-", ["by", "campaign"])}',
                "event_destination": [
                    {
                        "enabled": True,
                        "matching_event_types": ["SEND"],
                        "cloud_watch_destination": {
                            "dynamic": {
                                "dimension_configuration": {
                                    "for_each": "${local.sources}",
                                    "content": {
                                        "dimension_name": "${dimension_configuration.key}",
                                        "dimension_value_source": "MESSAGE_TAG",
                                        "default_dimension_value": (
                                            "${dimension_configuration.value}"
                                        ),
                                    },
                                }
                            }
                        },
                    }
                ],
            },
        },
    },
}

INSIDE = (
    Shape(
        "values of terraform.tfvars",
        {
            "tfvars.tf": 'variable "brand" {}\nvariable "brand_types" {\n'
            "  type = list(string)\n}\n"
            'resource "aws_sns_topic" "brand" {\n  name = "@-${var.brand}"\n}\n'
            + a_set('"@-${var.brand}"', "brand")
            + to_topic("aws_sns_topic.brand.arn", f"{V2_SET}.brand.id", "brand").replace(
                '["BOUNCE", "COMPLAINT"]', "var.brand_types"
            ),
            "terraform.tfvars": 'brand = "ash"\nbrand_types = ["REJECT"]\n',
            "z.auto.tfvars": 'brand_types = ["OPEN", "CLICK"]\n',
        },
        (*ANY, "tag"),
    ),
    Shape(
        "the workspace in names and settings",
        {
            "workspace.tf": """
locals {
  stages = {
    default = { count = 0 }
    staging = { count = 2 }
  }
  stage = lookup(local.stages, terraform.workspace, local.stages.default)
}
resource "aws_sns_topic" "stage" {
  name = "@-${terraform.workspace}"
}
"""
            + a_set(
                '"@-${terraform.workspace}-${count.index}"', "stage", "  count = local.stage.count"
            )
            + to_topic("aws_sns_topic.stage.arn", f"{V2_SET}.stage[0].id", "stage"),
        },
        (*ANY, "tag"),
    ),
    Shape("a module of a registry", REMOTE),
    Shape(
        "variables of the command line and the environment",
        {
            "given.tf": 'variable "owner" {}\nvariable "region_name" {}\nvariable "team" {}\n'
            'resource "aws_sns_topic" "given" {\n  name = "@-${var.owner}"\n}\n'
            + a_set('"@-${var.owner}-${var.region_name}-${var.team}"', "given")
            + to_topic("aws_sns_topic.given.arn", f"{V2_SET}.given.id", "given"),
        },
    ),
    Shape(
        "code in JSON, as CDK for Terraform writes it",
        {"cdk.tf.json": json.dumps(IN_JSON, indent=2)},
    ),
    Shape(
        "default tags, and one of its own over them",
        {
            "tags.tf": 'resource "aws_sns_topic" "tags" {\n  name = "@-tags"\n}\n'
            + a_set('"@-tags"', "tags", '  tags = { stage = "own", kind = "x" }')
            + to_topic("aws_sns_topic.tags.arn", f"{V2_SET}.tags.id", "tags"),
        },
        (*ANY, "tag"),
    ),
)

VERSIONS = """terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
"""
EU = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
US = 'provider "aws" {\n  alias  = "us"\n  region = "us-east-1"\n}\n'

ALIASES = (
    Shape(
        "a set in each of two regions",
        {
            "two.tf": "".join(
                f'resource "aws_sns_topic" "{at}" {{\n  provider = {provider}\n'
                '  name = "@-events"\n}\n'
                + a_set('"@-both"', at, f"  provider = {provider}")
                + to_topic(
                    f"aws_sns_topic.{at}.arn", f"{V2_SET}.{at}.id", at, f"  provider = {provider}"
                )
                for at, provider in (("eu", "aws"), ("us", "aws.us"))
            )
        },
    ),
    Shape(
        "a module of another region",
        {
            **{f"far/{name}": text for name, text in SENDER.items()},
            "far/main.tf": TOPIC + 'data "aws_region" "here" {}\nmodule "sender" {\n'
            '  source = "./modules/sender"\n  name = "@-${data.aws_region.here.name}"\n'
            "  topic_arn = aws_sns_topic.events.arn\n}\n",
            "far.tf": 'module "far" {\n  source = "./far"\n  providers = {\n'
            "    aws = aws.us\n  }\n}\n",
        },
    ),
    Shape(
        "a module with two configurations",
        {
            "pair/main.tf": """
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.here, aws.there]
    }
  }
}
resource "aws_sns_topic" "events" {
  provider = aws.there
  name     = "@-events"
}
"""
            + a_set('"@-here"', "here", "  provider = aws.here")
            + a_set('"@-there"', "there", "  provider = aws.there")
            + to_topic(
                set_name=f"{V2_SET}.there.configuration_set_name", more="  provider = aws.there"
            ),
            "pair.tf": 'module "pair" {\n  source = "./pair"\n  providers = {\n'
            "    aws.here  = aws\n    aws.there = aws.us\n  }\n}\n",
        },
    ),
)

ROOTS = (
    Root("modules", {"versions.tf": VERSIONS + EU}, modules=MODULES),
    Root(
        "inside",
        {
            "versions.tf": VERSIONS
            + EU.replace(
                "\n}",
                "\n  default_tags {\n    tags = {\n      stage = terraform.workspace\n"
                '      owner = "mail"\n    }\n  }\n}',
            ),
            "values/more.tfvars": 'region_name = "eu"\n',
        },
        inside=INSIDE,
        var_files=("values/more.tfvars",),
        variables={"owner": "team"},
        environment={"TF_VAR_team": "blue"},
        workspace="staging",
    ),
    Root("aliases", {"versions.tf": VERSIONS + EU + US}, inside=ALIASES, has_own_provider=True),
)
