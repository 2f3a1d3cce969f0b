/* err.c - the table of AWS exceptions. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#define DDB     "com.amazonaws.dynamodb.v20120810#"
#define SERVICE "com.amazon.coral.service#"

static const struct {
    const char *type;
    const char *member; /* the service spells it "Message" in some exceptions */
    int http_status;
} table[ERR_COUNT] = {
    [ERR_NONE] = {"", NULL, 200},
    [ERR_VALIDATION] = {"com.amazon.coral.validate#ValidationException", "message", 400},
    [ERR_SERIALIZATION] = {SERVICE "SerializationException", "Message", 400},
    [ERR_UNKNOWN_OPERATION] = {SERVICE "UnknownOperationException", "message", 400},
    [ERR_ACCESS_DENIED] = {SERVICE "AccessDeniedException", "Message", 400},
    [ERR_MISSING_AUTHENTICATION_TOKEN] = {SERVICE "MissingAuthenticationTokenException", "message",
                                          400},
    [ERR_INCOMPLETE_SIGNATURE] = {SERVICE "IncompleteSignatureException", "message", 400},
    [ERR_INVALID_SIGNATURE] = {SERVICE "InvalidSignatureException", "message", 400},
    [ERR_UNRECOGNIZED_CLIENT] = {SERVICE "UnrecognizedClientException", "message", 400},
    [ERR_EXPIRED_TOKEN] = {SERVICE "ExpiredTokenException", "message", 400},
    [ERR_THROTTLING] = {DDB "ThrottlingException", "message", 400},
    [ERR_CONDITIONAL_CHECK_FAILED] = {DDB "ConditionalCheckFailedException", "message", 400},
    [ERR_RESOURCE_NOT_FOUND] = {DDB "ResourceNotFoundException", "message", 400},
    [ERR_RESOURCE_IN_USE] = {DDB "ResourceInUseException", "message", 400},
    [ERR_LIMIT_EXCEEDED] = {DDB "LimitExceededException", "message", 400},
    [ERR_PROVISIONED_THROUGHPUT_EXCEEDED] = {DDB "ProvisionedThroughputExceededException",
                                             "message", 400},
    [ERR_REQUEST_LIMIT_EXCEEDED] = {DDB "RequestLimitExceeded", "message", 400},
    [ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED] = {DDB "ItemCollectionSizeLimitExceededException",
                                                 "message", 400},
    [ERR_TRANSACTION_CANCELED] = {DDB "TransactionCanceledException", "Message", 400},
    [ERR_TRANSACTION_CONFLICT] = {DDB "TransactionConflictException", "message", 400},
    [ERR_TRANSACTION_IN_PROGRESS] = {DDB "TransactionInProgressException", "Message", 400},
    [ERR_IDEMPOTENT_PARAMETER_MISMATCH] = {DDB "IdempotentParameterMismatchException", "Message",
                                           400},
    [ERR_DUPLICATE_ITEM] = {DDB "DuplicateItemException", "message", 400},
    [ERR_TABLE_NOT_FOUND] = {DDB "TableNotFoundException", "message", 400},
    [ERR_TABLE_IN_USE] = {DDB "TableInUseException", "message", 400},
    [ERR_TABLE_ALREADY_EXISTS] = {DDB "TableAlreadyExistsException", "message", 400},
    [ERR_INDEX_NOT_FOUND] = {DDB "IndexNotFoundException", "message", 400},
    [ERR_BACKUP_NOT_FOUND] = {DDB "BackupNotFoundException", "message", 400},
    [ERR_EXPORT_NOT_FOUND] = {DDB "ExportNotFoundException", "message", 400},
    [ERR_IMPORT_NOT_FOUND] = {DDB "ImportNotFoundException", "message", 400},
    [ERR_POLICY_NOT_FOUND] = {DDB "PolicyNotFoundException", "message", 400},
    [ERR_GLOBAL_TABLE_NOT_FOUND] = {DDB "GlobalTableNotFoundException", "message", 400},
    [ERR_CONTINUOUS_BACKUPS_UNAVAILABLE] = {DDB "ContinuousBackupsUnavailableException", "message",
                                            400},
    [ERR_EXPIRED_ITERATOR] = {DDB "ExpiredIteratorException", "message", 400},
    [ERR_TRIMMED_DATA_ACCESS] = {DDB "TrimmedDataAccessException", "message", 400},
    [ERR_INVALID_PARAMETER] = {"InvalidParameterException", "message", 400},
    [ERR_NOT_AUTHORIZED] = {"NotAuthorizedException", "message", 400},
    [ERR_UNAUTHORIZED] = {"UnauthorizedException", "message", 400},
    [ERR_USER_NOT_FOUND] = {"UserNotFoundException", "message", 400},
    [ERR_USER_NOT_CONFIRMED] = {"UserNotConfirmedException", "message", 400},
    [ERR_USERNAME_EXISTS] = {"UsernameExistsException", "message", 400},
    [ERR_ALIAS_EXISTS] = {"AliasExistsException", "message", 400},
    [ERR_INVALID_PASSWORD] = {"InvalidPasswordException", "message", 400},
    [ERR_PASSWORD_HISTORY] = {"PasswordHistoryPolicyViolationException", "message", 400},
    [ERR_PASSWORD_RESET_REQUIRED] = {"PasswordResetRequiredException", "message", 400},
    [ERR_CODE_MISMATCH] = {"CodeMismatchException", "message", 400},
    [ERR_EXPIRED_CODE] = {"ExpiredCodeException", "message", 400},
    [ERR_CODE_DELIVERY_FAILURE] = {"CodeDeliveryFailureException", "message", 400},
    [ERR_TOO_MANY_REQUESTS] = {"TooManyRequestsException", "message", 400},
    [ERR_UNSUPPORTED_USER_STATE] = {"UnsupportedUserStateException", "message", 400},
    [ERR_UNSUPPORTED_TOKEN_TYPE] = {"UnsupportedTokenTypeException", "message", 400},
    [ERR_USER_LAMBDA_VALIDATION] = {"UserLambdaValidationException", "message", 400},
    [ERR_INVALID_LAMBDA_RESPONSE] = {"InvalidLambdaResponseException", "message", 400},
    [ERR_INTERNAL] = {DDB "InternalServerError", "message", 500},
    [ERR_INTERNAL_FAILURE] = {SERVICE "InternalFailure", "message", 500},
    [ERR_WOULD_BLOCK] = {DDB "InternalServerError", "message", 500},
    [ERR_CONFLICT] = {DDB "TransactionConflictException", "message", 400},
    [ERR_IO] = {DDB "InternalServerError", "message", 500},
};

/* Cuts at the start of a character, so that what is sent stays UTF-8. */
static void cut(struct err *e, size_t wanted)
{
    size_t n = sizeof(e->msg) - 1;
    if (wanted <= n)
        return;
    while (n > 0 && ((unsigned char)e->msg[n - 1] & 0xC0) == 0x80)
        n--;
    if (n > 0 && (unsigned char)e->msg[n - 1] >= 0xC0)
        n--;
    e->msg[n] = '\0';
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    assert(code != ERR_NONE);
    assert(e->code == ERR_NONE); /* the first failure wins; a second is a bug */
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
    va_end(ap);
    cut(e, n > 0 ? (size_t)n : 0);
    e->code = code;
    return false;
}

void err_prefix(struct err *e, const char *prefix)
{
    assert(e->code != ERR_NONE);
    size_t add = strlen(prefix), have = strlen(e->msg);
    size_t keep = size_min(have, sizeof(e->msg) - 1 - add);
    memmove(e->msg + add, e->msg, keep);
    memcpy(e->msg, prefix, add);
    e->msg[add + keep] = '\0';
    cut(e, keep < have ? sizeof(e->msg) : 0);
}

const char *err_type(enum err_code code)
{
    return table[code].type;
}

const char *err_name(enum err_code code)
{
    const char *hash = strchr(table[code].type, '#');
    return hash != NULL ? hash + 1 : table[code].type;
}

const char *err_member(enum err_code code)
{
    return table[code].member;
}

int err_http_status(enum err_code code)
{
    return table[code].http_status;
}
