"""Turn botocore's exceptions into errors that say what to do."""

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
"""The same for operations that read targets."""

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

_TEMPORARY = {"RequestTimeout", "RequestTimeoutException", "InternalFailure", "ServiceUnavailable"}

_NO_CREDENTIALS = (
    "log in with 'aws sso login' or 'aws configure', or choose a profile with --profile"
)


_INVALID_CREDENTIALS = (
    'set it again without that; in a shell, "$(cat FILE)" drops the line break at the end of FILE'
)


class BadResponseError(Exception):
    """A response with status 200 that is not what the API promises.

    Botocore would take it for an empty one.
    """


class CredentialsError(Exception):
    """Credentials that can't be sent in a request; the message does not show them."""


def explain(error: Exception, where: str) -> ExporterError:
    """Turn an exception of botocore's, or a ``BadResponseError``, into an error with a hint."""
    if isinstance(error, boto.ClientError):
        return _refusal(error, where)
    if isinstance(error, CredentialsError):
        # Without 'where': they are invalid for every endpoint.
        return ExporterError(str(error), hint=_INVALID_CREDENTIALS)
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
        (BadResponseError, ResponseParserError),
        "something between here and AWS (a proxy, an endpoint override) is answering "
        "instead of AWS",
    ),
    ((boto.ConfigParseError, boto.InvalidConfigError), "fix the AWS configuration file"),
    ((ValueError,), "an endpoint looks like https://host or http://127.0.0.1:4566"),
)


def is_not_found(error: object) -> bool:
    """Tell whether SES reports that the configuration set does not exist."""
    return isinstance(error, boto.ClientError) and _code(error) == "NotFoundException"


def is_throttled(error: Exception) -> bool:
    """Tell whether SES throttled the call."""
    return isinstance(error, boto.ClientError) and _code(error) in _THROTTLED


def is_passing(error: Exception) -> bool:
    """Tell whether the error is temporary, so that the same call may succeed later."""
    if isinstance(error, BadResponseError | ResponseParserError):
        return True
    if isinstance(error, boto.ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return bool(status >= 500) or _code(error) in _TEMPORARY
    return isinstance(error, boto.HTTPClientError | boto.IncompleteReadError) and not isinstance(
        error, boto.SSLError | boto.ProxyConnectionError
    )


def is_closed_region(error: Exception) -> bool:
    """Tell whether the account can't use a region: not enabled, or closed by its organization.

    A region that is not enabled rejects credentials that are valid elsewhere.
    """
    if not isinstance(error, boto.ClientError):
        return False
    if _code(error) in _DENIED:
        return "service control policy" in _message(error)
    return _code(error) in _REJECTED | {"OptInRequired", "SubscriptionRequiredException"}


def is_fatal(error: Exception) -> bool:
    """Tell whether every further call would fail too: no, expired or rejected credentials."""
    if isinstance(error, boto.ClientError):
        return _code(error) in _EXPIRED | _REJECTED or error.operation_name == "AssumeRole"
    missing = (boto.NoCredentialsError, boto.CredentialRetrievalError, boto.TokenRetrievalError)
    return isinstance(
        error, (*missing, CredentialsError, boto.SSOTokenLoadError, boto.UnauthorizedSSOTokenError)
    )


def _code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _message(error: boto.ClientError) -> str:
    """Return the service's message; empty for a proxy's HTML page."""
    message = " ".join(str(error.response.get("Error", {}).get("Message", "")).split())
    return "" if message.startswith("<") else message


def _refusal(error: boto.ClientError, where: str) -> ExporterError:
    code = _code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    message = _message(error)
    operation = error.operation_name
    action = ACTIONS.get(operation) or TARGET_ACTIONS.get(operation, operation)
    detail = f": {message}" if message else ""
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
