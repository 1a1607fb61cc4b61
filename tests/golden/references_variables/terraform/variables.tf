# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

variable "_0f_1e_2d_3c_application_arn" {
  description = "ARN of the Pinpoint application 0f1e2d3c"
  type        = string
  default     = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0f1e2d3c"
}

variable "_2fa_events_stream_arn" {
  description = "ARN of the Firehose stream 2fa_events"
  type        = string
  default     = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/2fa_events"
}

variable "a_topic_whose_name_is_so_long_that_no_line_of_code_can_hold_it_and_still_be_read_by_anybody_topic_arn" {
  description = "ARN of the SNS topic a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody"
  type        = string
  default     = "arn:aws:sns:eu-west-1:123456789012:a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody"
}

variable "default_event_bus_arn" {
  description = "ARN of the EventBridge bus default"
  type        = string
  default     = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
}

variable "mail_archive_stream_arn" {
  description = "ARN of the Firehose stream mail-archive"
  type        = string
  default     = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail-archive"
}

variable "mail_bounces_topic_210987654321_arn" {
  description = "ARN of the SNS topic mail-bounces"
  type        = string
  default     = "arn:aws:sns:eu-west-1:210987654321:mail-bounces"
}

variable "mail_bounces_topic_arn" {
  description = "ARN of the SNS topic mail-bounces"
  type        = string
  default     = "arn:aws:sns:eu-west-1:123456789012:mail-bounces"
}

variable "mail_bounces_topic_us_east_1_arn" {
  description = "ARN of the SNS topic mail-bounces"
  type        = string
  default     = "arn:aws:sns:us-east-1:123456789012:mail-bounces"
}

variable "mail_topic_arn_50545e04" {
  description = "ARN of the SNS topic mail_topic"
  type        = string
  default     = "arn:aws:sns:eu-west-1:123456789012:mail_topic"
}

variable "mail_topic_arn_9e1a76d7" {
  description = "ARN of the SNS topic mail-topic"
  type        = string
  default     = "arn:aws:sns:eu-west-1:123456789012:mail-topic"
}

variable "service_role_ses_events_role_arn" {
  description = "ARN of the IAM role ses-events"
  type        = string
  default     = "arn:aws:iam::123456789012:role/service-role/ses-events"
}

variable "ses_to_firehose_role_arn" {
  description = "ARN of the IAM role ses-to-firehose"
  type        = string
  default     = "arn:aws:iam::123456789012:role/ses-to-firehose"
}
