"""What botocore raises, in words that say what to do."""

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from exporter.support.errors import ExporterError

ACTIONS = {
    "ListConfigurationSets": "ses:ListConfigurationSets",
    "GetConfigurationSet": "ses:GetConfigurationSet",
    "GetConfigurationSetEventDestinations": "ses:GetConfigurationSetEventDestinations",
    "GetCallerIdentity": "sts:GetCallerIdentity",
    "GetTemplateSummary": "cloudformation:GetTemplateSummary",
    "GetTemplate": "cloudformation:GetTemplate",
    "DescribeStacks": "cloudformation:DescribeStacks",
    "ListStackResources": "cloudformation:ListStackResources",
    "ListExports": "cloudformation:ListExports",
    "AssumeRole": "sts:AssumeRole",
    "ListAccounts": "organizations:ListAccounts",
}
"""The IAM action of each operation (service authorization reference)."""

TARGET_ACTIONS = {
    "GetTopicAttributes": "sns:GetTopicAttributes",
    "DescribeKey": "kms:DescribeKey",
    "GetKeyPolicy": "kms:GetKeyPolicy",
    "DescribeDeliveryStream": "firehose:DescribeDeliveryStream",
    "GetRole": "iam:GetRole",
    "DescribeEventBus": "events:DescribeEventBus",
}
"""The same of those that read targets."""

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_REJECTED = {
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "InvalidAccessKeyId",
    "IncompleteSignature",
    "AuthFailure",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"}
_THROTTLED = {"TooManyRequestsException", "ThrottlingException", "Throttling"}

_PASSING = {"RequestTimeout", "RequestTimeoutException", "InternalFailure", "ServiceUnavailable"}

_NO_CREDENTIALS = (
    "log in with 'aws sso login' or 'aws configure', or choose a profile with --profile"
)


_UNFIT_HINT = (
    'set it again without that; in a shell, "$(cat FILE)" drops the line break at the end of FILE'
)


class BadAnswerError(Exception):
    """An answer with status 200 that is not what the API promises.

    Botocore would take it for an empty one.
    """


class CredentialsError(Exception):
    """Credentials that no request can carry, in words that do not show them."""


def explain(error: Exception, where: str) -> ExporterError:
    """Turn what botocore raised, or a ``BadAnswerError``, into an error for people."""
    if isinstance(error, boto.ClientError):
        return _refusal(error, where)
    if isinstance(error, CredentialsError):
        # It is the same wherever they are sent.
        return ExporterError(str(error), hint=_UNFIT_HINT)
    for kinds, hint in _HINTS:
        if isinstance(error, kinds):
            return ExporterError(_sentence(error), where=where, hint=hint)
    return ExporterError(f"{type(error).__name__}: {_sentence(error)}", where=where)


_HINTS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError),
        _NO_CREDENTIALS,
    ),
    (
        (
            boto.SSOTokenLoadError,
            boto.UnauthorizedSSOTokenError,
            boto.TokenRetrievalError,
            boto.SSOError,
        ),
        "log in again with 'aws sso login'",
    ),
    (
        (boto.ProfileNotFound,),
        "list the profiles with 'aws configure list-profiles'",
    ),
    (
        (boto.NoRegionError,),
        "choose one with --region, AWS_REGION or the profile's 'region' setting",
    ),
    ((boto.InvalidRegionError,), "a region looks like eu-west-1"),
    (
        (boto.SSLError,),
        "if a proxy inspects TLS, set AWS_CA_BUNDLE to its certificates",
    ),
    (
        (boto.EndpointConnectionError, boto.ConnectTimeoutError, boto.ProxyConnectionError),
        "check the network, the region name and the endpoint (--endpoint-url, AWS_ENDPOINT_URL)",
    ),
    ((boto.HTTPClientError,), "check the network and try again"),
    (
        (BadAnswerError, ResponseParserError),
        "something between here and AWS (a proxy, an endpoint override) is answering "
        "instead of AWS",
    ),
    ((boto.ConfigParseError, boto.InvalidConfigError), "fix the AWS configuration file"),
    ((ValueError,), "an endpoint looks like https://host or http://127.0.0.1:4566"),
)


def is_not_found(error: object) -> bool:
    """Whether SES says that the configuration set does not exist."""
    return isinstance(error, boto.ClientError) and _code(error) == "NotFoundException"


def is_throttled(error: Exception) -> bool:
    """Whether SES asks for fewer calls."""
    return isinstance(error, boto.ClientError) and _code(error) in _THROTTLED


def is_passing(error: Exception) -> bool:
    """Whether the same call may well be answered when it is made again."""
    if isinstance(error, BadAnswerError | ResponseParserError):
        return True
    if isinstance(error, boto.ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return bool(status >= 500) or _code(error) in _PASSING
    return isinstance(error, boto.HTTPClientError | boto.IncompleteReadError) and not isinstance(
        error, boto.SSLError | boto.ProxyConnectionError
    )


def is_closed_region(error: Exception) -> bool:
    """Whether a region is closed to the account: not enabled, or by its organization.

    A region that is not enabled rejects credentials that are right elsewhere.
    """
    if not isinstance(error, boto.ClientError):
        return False
    if _code(error) in _DENIED:
        return "service control policy" in _message(error)
    return _code(error) in _REJECTED | {"OptInRequired", "SubscriptionRequiredException"}


def is_fatal(error: Exception) -> bool:
    """Whether every further call would fail too.

    The credentials are missing, expired or rejected.
    """
    if isinstance(error, boto.ClientError):
        return _code(error) in _EXPIRED | _REJECTED or error.operation_name == "AssumeRole"
    lost = (boto.NoCredentialsError, boto.CredentialRetrievalError, boto.TokenRetrievalError)
    return isinstance(
        error, (*lost, CredentialsError, boto.SSOTokenLoadError, boto.UnauthorizedSSOTokenError)
    )


def _code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _message(error: boto.ClientError) -> str:
    """What the service says; a page that a proxy sent in its place tells nobody anything."""
    said = " ".join(str(error.response.get("Error", {}).get("Message", "")).split())
    return "" if said.startswith("<") else said


def _refusal(error: boto.ClientError, where: str) -> ExporterError:
    code = _code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    said = _message(error)
    operation = error.operation_name
    action = ACTIONS.get(operation) or TARGET_ACTIONS.get(operation, operation)
    detail = f": {said}" if said else ""
    if operation == "AssumeRole" and code in _DENIED:
        hint = (
            "the role's trust policy must allow the caller (and match --external-id, if it "
            "requires one), and the caller's policy must allow sts:AssumeRole on the role"
        )
        return ExporterError(f"the role cannot be assumed{detail}", where=where, hint=hint)
    if code in _DENIED or (status == 403 and code not in _EXPIRED | _REJECTED):
        hint = f"allow {action} in the policy of the role or user"
        return ExporterError(f"not allowed to call {action}{detail}", where=where, hint=hint)
    if code in _EXPIRED:
        hint = "log in again with 'aws sso login', or set new session credentials"
        return ExporterError(
            f"the credentials have expired ({code}){detail}", where=where, hint=hint
        )
    if code in _REJECTED:
        hint = f"check the access key and the account; {_NO_CREDENTIALS}"
        return ExporterError(
            f"AWS rejected the credentials ({code}){detail}", where=where, hint=hint
        )
    hint = "try again in a minute" if code in _THROTTLED or (status or 0) >= 500 else ""
    name = f"{code} ({status})" if code and code != str(status) else f"HTTP status {status}"
    return ExporterError(f"{action} returned {name}{detail}", where=where, hint=hint)


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
