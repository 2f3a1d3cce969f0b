/* err.c - the table of AWS exceptions. */
#include "base/err.h"

#include "base/format.h"

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
    [ERR_REPLICATED_WRITE_CONFLICT] = {DDB "ReplicatedWriteConflictException", "message", 400},
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

/* Where a text of n bytes goes, and how much of it. */
static char *place(struct err *e, size_t n, size_t *room)
{
    bool far = n >= sizeof(e->msg) && e->mem != NULL;
    *room = far ? size_min(n, ERR_TEXT_MAX) + 1 : sizeof(e->msg);
    char *p = far ? arena_bytes(e->mem, *room) : e->msg;
    e->whole = far ? p : NULL;
    return p;
}

/* How many of the first n bytes are whole characters. */
static size_t whole_characters(const char *p, size_t n)
{
    while (n > 0 && ((unsigned char)p[n - 1] & 0xC0) == 0x80)
        n--;
    return n > 0 && (unsigned char)p[n - 1] >= 0xC0 ? n - 1 : n;
}

/* A text that wanted n bytes is in its place. */
static void placed(struct err *e, char *p, size_t n, size_t room)
{
    e->n = n < room ? n : whole_characters(p, room - 1);
    p[e->n] = '\0';
    if (e->whole == NULL)
        return;
    memcpy(e->msg, p, sizeof(e->msg) - 1);
    e->msg[whole_characters(p, sizeof(e->msg) - 1)] = '\0';
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    assert(code != ERR_NONE);
    assert(e->code == ERR_NONE); /* the first failure wins; a second is a bug */
    va_list ap;
    va_start(ap, fmt);
    size_t room, n = format_text(e->msg, sizeof(e->msg), fmt, ap);
    char *p = place(e, n, &room);
    if (e->whole != NULL)
        format_text(p, room, fmt, ap);
    va_end(ap);
    placed(e, p, n, room);
    e->code = code;
    return false;
}

void err_prefix(struct err *e, const char *prefix)
{
    assert(e->code != ERR_NONE);
    struct str old = err_text(e);
    size_t room, add = strlen(prefix), n = add + old.n;
    char *p = place(e, n, &room);
    memmove(p + add, old.p, size_min(old.n, room - 1 - add));
    memcpy(p, prefix, add);
    placed(e, p, n, room);
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
