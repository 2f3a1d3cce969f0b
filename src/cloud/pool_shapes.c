/* pool_shapes.c - the shapes of requests and documents. */
#include "cloud/pool_shapes.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool match_pool_id(struct str s)
{
    const char *last = s.n > 0 ? memrchr(s.p, '_', s.n) : NULL;
    if (last == NULL || last == s.p || last == s.p + s.n - 1)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_word(s.p[i]) && !(s.p[i] == '-' && s.p + i < last))
            return false;
    return true;
}

static bool match_client_id(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_word(s.p[i]) && s.p[i] != '+')
            return false;
    return s.n > 0;
}

/* Letters, marks, symbols, numbers, punctuation: neither spaces nor controls. */
static bool match_visible(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7F)
            return false;
    return s.n > 0;
}

static bool match_not_spaced(struct str s)
{
    return s.n > 0 && !is_space(s.p[0]) && !is_space(s.p[s.n - 1]);
}

static bool match_pool_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_word(s.p[i]) && !is_space(s.p[i]) && memchr("+=,.@-", s.p[i], 6) == NULL)
            return false;
    return s.n > 0;
}

static bool match_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_word(s.p[i]) && memchr("-=.", s.p[i], 3) == NULL)
            return false;
    return s.n > 0;
}

static const struct shape_regex pool_id_regex = {"[\\w-]+_[0-9a-zA-Z]+", match_pool_id},
                                client_id_regex = {"[\\w+]+", match_client_id},
                                visible_regex = {"[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+",
                                                 match_visible},
                                password_regex = {"^[\\S]+.*[\\S]+$", match_not_spaced},
                                pool_name_regex = {"[\\w\\s+=,.@-]+", match_pool_name},
                                token_regex = {"[A-Za-z0-9-_=.]+", match_token},
                                code_regex = {"[\\S]+", match_visible};

/* clang-format off */
#define STRING(...) {.kind = SHAPE_STRING, __VA_ARGS__}
#define LIST_OF(shape_, ...) {.kind = SHAPE_LIST, .elem = &(shape_), __VA_ARGS__}
#define STRUCT(T, name_, fields_) {.kind = SHAPE_STRUCT, .name = name_, .size = sizeof(T), .fields = fields_}
#define ENUM(...) {.kind = SHAPE_STRING, .values = (const char *const[]){__VA_ARGS__, NULL}}
#define INT(min_, max_) {.kind = SHAPE_INT, .min = min_, .max = max_}

const struct shape pool_shape_id = STRING(.min = 1, .max = 55, .regex = &pool_id_regex);
const struct shape pool_shape_client_id = STRING(.min = 1, .max = 128, .regex = &client_id_regex);
const struct shape pool_shape_username = STRING(.min = 1, .max = 128, .regex = &visible_regex);
const struct shape pool_shape_password = STRING(.max = 256, .regex = &password_regex, .secret = true);
const struct shape pool_shape_temporary_password = STRING(.max = 256, .regex = &code_regex, .secret = true);
const struct shape pool_shape_attribute_name = STRING(.min = 1, .max = 32);
const struct shape pool_shape_attribute_names = LIST_OF(pool_shape_attribute_name);
const struct shape pool_shape_code = STRING(.min = 1, .max = 2048, .regex = &code_regex, .secret = true);
const struct shape pool_shape_token = STRING(.regex = &token_regex, .secret = true);
const struct shape pool_shape_secret_hash = STRING(.min = 1, .max = 128, .secret = true);
const struct shape pool_shape_session = STRING(.min = 20, .max = 2048, .secret = true);
const struct shape pool_shape_strings = {.kind = SHAPE_MAP, .elem = &shape_string};
const struct shape pool_shape_limit = INT(0, 60);
const struct shape pool_shape_page_token = STRING(.min = 1);
const struct shape pool_shape_refused = {.kind = SHAPE_RAW};
const struct shape pool_shape_context = {.kind = SHAPE_RAW};

static const struct shape attribute_value = STRING(.max = 2048, .secret = true);
static const struct field attribute_fields[] = {
    FIELD(struct attribute, name, "Name", &pool_shape_attribute_name, REQUIRED),
    FIELD(struct attribute, value, "Value", &attribute_value, OPTIONAL),
    {0},
};
static const struct shape attribute = STRUCT(struct attribute, "AttributeType", attribute_fields);
const struct shape pool_shape_attributes = LIST_OF(attribute);

static const struct shape arn = STRING(.min = 20, .max = 2048), days = INT(0, 365);
static const struct shape texts = LIST_OF(shape_string), password_minimum = INT(6, 99), history = INT(0, 24);
static const struct field password_policy_fields[] = {
    FIELD(struct password_policy, minimum, "MinimumLength", &password_minimum, OPTIONAL),
    FIELD(struct password_policy, upper, "RequireUppercase", &shape_bool, OPTIONAL),
    FIELD(struct password_policy, lower, "RequireLowercase", &shape_bool, OPTIONAL),
    FIELD(struct password_policy, numbers, "RequireNumbers", &shape_bool, OPTIONAL),
    FIELD(struct password_policy, symbols, "RequireSymbols", &shape_bool, OPTIONAL),
    FIELD(struct password_policy, history, "PasswordHistorySize", &history, OPTIONAL),
    FIELD(struct password_policy, temporary_days, "TemporaryPasswordValidityDays", &days, OPTIONAL),
    {0},
};
static const struct shape password_policy = STRUCT(struct password_policy, "PasswordPolicyType", password_policy_fields);
static const struct shape first_factor = ENUM("PASSWORD"), first_factors = LIST_OF(first_factor, .min = 1, .max = 4);
static const struct field sign_in_fields[] = {
    FIELD(struct sign_in_policy, first, "AllowedFirstAuthFactors", &first_factors, OPTIONAL),
    {0},
};
static const struct shape sign_in = STRUCT(struct sign_in_policy, "SignInPolicyType", sign_in_fields);
static const struct field policies_fields[] = {
    FIELD(struct pool_policies, password, "PasswordPolicy", &password_policy, OPTIONAL),
    FIELD(struct pool_policies, sign_in, "SignInPolicy", &sign_in, OPTIONAL),
    {0},
};
static const struct shape policies = STRUCT(struct pool_policies, "UserPoolPolicyType", policies_fields);

static const struct field limits_number_fields[] = {
    FIELD(struct attribute_limits, min, "MinValue", &shape_string, OPTIONAL),
    FIELD(struct attribute_limits, max, "MaxValue", &shape_string, OPTIONAL),
    {0},
};
static const struct field limits_string_fields[] = {
    FIELD(struct attribute_limits, min, "MinLength", &shape_string, OPTIONAL),
    FIELD(struct attribute_limits, max, "MaxLength", &shape_string, OPTIONAL),
    {0},
};
static const struct shape limits_number = STRUCT(struct attribute_limits, "NumberAttributeConstraintsType", limits_number_fields);
static const struct shape limits_string = STRUCT(struct attribute_limits, "StringAttributeConstraintsType", limits_string_fields);
static const struct shape schema_name = STRING(.min = 1, .max = 20, .regex = &visible_regex);
static const struct shape schema_type = ENUM("Boolean", "DateTime", "Number", "String");
static const struct field schema_fields[] = {
    FIELD(struct attribute_schema, name, "Name", &schema_name, OPTIONAL),
    FIELD(struct attribute_schema, type, "AttributeDataType", &schema_type, OPTIONAL),
    FIELD(struct attribute_schema, developer_only, "DeveloperOnlyAttribute", &shape_bool, OPTIONAL),
    FIELD(struct attribute_schema, is_mutable, "Mutable", &shape_bool, OPTIONAL),
    FIELD(struct attribute_schema, required, "Required", &shape_bool, OPTIONAL),
    FIELD(struct attribute_schema, number, "NumberAttributeConstraints", &limits_number, OPTIONAL),
    FIELD(struct attribute_schema, string, "StringAttributeConstraints", &limits_string, OPTIONAL),
    {0},
};
static const struct shape schema_element = STRUCT(struct attribute_schema, "SchemaAttributeType", schema_fields);
static const struct shape schema_input = LIST_OF(schema_element, .min = 1, .max = 50);
/* Stored names may have the prefix custom: and so be longer. */
static const struct shape schema_stored = LIST_OF(schema_element);

#define OTHER(i, json) FIELD(struct lambda_config, other[i], json, &pool_shape_refused, OPTIONAL)
static const struct field lambda_fields[] = {
    FIELD(struct lambda_config, post_confirmation, "PostConfirmation", &arn, OPTIONAL),
    OTHER(0, "PreSignUp"), OTHER(1, "CustomMessage"), OTHER(2, "PreAuthentication"), OTHER(3, "PostAuthentication"),
    OTHER(4, "DefineAuthChallenge"), OTHER(5, "CreateAuthChallenge"), OTHER(6, "VerifyAuthChallengeResponse"),
    OTHER(7, "PreTokenGeneration"), OTHER(8, "UserMigration"), OTHER(9, "PreTokenGenerationConfig"),
    OTHER(10, "CustomSMSSender"), OTHER(11, "CustomEmailSender"),
    {0},
};
static const struct shape lambda = STRUCT(struct lambda_config, "LambdaConfigType", lambda_fields);

static const struct shape sms_text = STRING(.min = 6, .max = 140), mail_text = STRING(.min = 6, .max = 20000), mail_subject = STRING(.min = 1, .max = 140);
static const struct shape code_option = ENUM("CONFIRM_WITH_LINK", "CONFIRM_WITH_CODE");
static const struct field verification_fields[] = {
    FIELD(struct verification_template, sms, "SmsMessage", &sms_text, OPTIONAL),
    FIELD(struct verification_template, email, "EmailMessage", &mail_text, OPTIONAL),
    FIELD(struct verification_template, subject, "EmailSubject", &mail_subject, OPTIONAL),
    FIELD(struct verification_template, option, "DefaultEmailOption", &code_option, OPTIONAL),
    FIELD(struct verification_template, by_link, "EmailMessageByLink", &pool_shape_refused, OPTIONAL),
    FIELD(struct verification_template, subject_by_link, "EmailSubjectByLink", &pool_shape_refused, OPTIONAL),
    {0},
};
static const struct shape verification = STRUCT(struct verification_template, "VerificationMessageTemplateType", verification_fields);
static const struct field invite_fields[] = {
    FIELD(struct message_template, sms, "SMSMessage", &sms_text, OPTIONAL),
    FIELD(struct message_template, email, "EmailMessage", &mail_text, OPTIONAL),
    FIELD(struct message_template, subject, "EmailSubject", &mail_subject, OPTIONAL),
    {0},
};
static const struct shape invite = STRUCT(struct message_template, "MessageTemplateType", invite_fields);
static const struct field admin_create_fields[] = {
    FIELD(struct admin_create_config, admin_only, "AllowAdminCreateUserOnly", &shape_bool, OPTIONAL),
    FIELD(struct admin_create_config, unused_days, "UnusedAccountValidityDays", &days, OPTIONAL),
    FIELD(struct admin_create_config, invite, "InviteMessageTemplate", &invite, OPTIONAL),
    {0},
};
static const struct shape admin_create = STRUCT(struct admin_create_config, "AdminCreateUserConfigType", admin_create_fields);
static const struct field username_fields[] = {
    FIELD(struct username_config, case_sensitive, "CaseSensitive", &shape_bool, REQUIRED),
    {0},
};
static const struct shape username = STRUCT(struct username_config, "UsernameConfigurationType", username_fields);
static const struct shape email_account = ENUM("COGNITO_DEFAULT");
static const struct field email_fields[] = {
    FIELD(struct email_config, account, "EmailSendingAccount", &email_account, OPTIONAL),
    FIELD(struct email_config, from, "From", &pool_shape_refused, OPTIONAL),
    FIELD(struct email_config, reply_to, "ReplyToEmailAddress", &pool_shape_refused, OPTIONAL),
    FIELD(struct email_config, source, "SourceArn", &pool_shape_refused, OPTIONAL),
    FIELD(struct email_config, set, "ConfigurationSet", &pool_shape_refused, OPTIONAL),
    {0},
};
static const struct shape email_config = STRUCT(struct email_config, "EmailConfigurationType", email_fields);
static const struct shape recovery_priority = INT(1, 2), recovery_name = ENUM("verified_email", "verified_phone_number", "admin_only");
static const struct field recovery_option_fields[] = {
    FIELD(struct recovery_option, priority, "Priority", &recovery_priority, REQUIRED),
    FIELD(struct recovery_option, name, "Name", &recovery_name, REQUIRED),
    {0},
};
static const struct shape recovery_option = STRUCT(struct recovery_option, "RecoveryOptionType", recovery_option_fields);
static const struct shape recovery_options = LIST_OF(recovery_option, .min = 1, .max = 2);
static const struct field recovery_fields[] = {
    FIELD(struct recovery, options, "RecoveryMechanisms", &recovery_options, OPTIONAL),
    {0},
};
static const struct shape recovery = STRUCT(struct recovery, "AccountRecoverySettingType", recovery_fields);

static const struct shape pool_name = STRING(.min = 1, .max = 128, .regex = &pool_name_regex);
static const struct shape protection = ENUM("ACTIVE", "INACTIVE"), mfa = ENUM("OFF"), tier = ENUM("LITE", "ESSENTIALS", "PLUS");
static const struct shape verified_attribute = ENUM("phone_number", "email"), verified_attributes = LIST_OF(verified_attribute);
static const struct shape alias_attribute = ENUM("phone_number", "email", "preferred_username"), alias_attributes = LIST_OF(alias_attribute);

#define POOL(member, json, shape) FIELD(struct pool, member, json, shape, OPTIONAL)
/* What both the request and the answer hold. */
#define POOL_SETTINGS \
    POOL(policies, "Policies", &policies), POOL(deletion_protection, "DeletionProtection", &protection), \
    POOL(lambda, "LambdaConfig", &lambda), POOL(auto_verified, "AutoVerifiedAttributes", &verified_attributes), \
    POOL(sms_message, "SmsVerificationMessage", &sms_text), POOL(email_message, "EmailVerificationMessage", &mail_text), \
    POOL(email_subject, "EmailVerificationSubject", &mail_subject), POOL(verification, "VerificationMessageTemplate", &verification), \
    POOL(mfa, "MfaConfiguration", &mfa), POOL(tags, "UserPoolTags", &pool_shape_strings), \
    POOL(admin_create, "AdminCreateUserConfig", &admin_create), POOL(email, "EmailConfiguration", &email_config), \
    POOL(recovery, "AccountRecoverySetting", &recovery), POOL(tier, "UserPoolTier", &tier)
#define POOL_FIXED \
    POOL(aliases, "AliasAttributes", &alias_attributes), POOL(username_attributes, "UsernameAttributes", &verified_attributes), \
    POOL(username, "UsernameConfiguration", &username)
#define POOL_REFUSED \
    POOL(refused[0], "SmsAuthenticationMessage", &pool_shape_refused), POOL(refused[1], "UserAttributeUpdateSettings", &pool_shape_refused), \
    POOL(refused[2], "DeviceConfiguration", &pool_shape_refused), POOL(refused[3], "SmsConfiguration", &pool_shape_refused), \
    POOL(refused[4], "UserPoolAddOns", &pool_shape_refused)

static const struct field create_fields[] = {
    FIELD(struct pool, name, "PoolName", &pool_name, REQUIRED), POOL_SETTINGS, POOL_FIXED, POOL_REFUSED,
    POOL(schema, "Schema", &schema_input), {0},
};
static const struct field update_fields[] = {
    FIELD(struct pool, id, "UserPoolId", &pool_shape_id, REQUIRED), POOL(name, "PoolName", &pool_name), POOL_SETTINGS, POOL_REFUSED, {0},
};
static const struct field settings_fields[] = {
    POOL(id, "Id", &shape_string), POOL(name, "Name", &shape_string), POOL_SETTINGS, POOL_FIXED, {0},
};
static const struct field pool_doc_fields[] = {
    POOL(id, "Id", &shape_string), POOL(name, "Name", &shape_string), POOL_SETTINGS, POOL_FIXED, POOL(schema, "Schema", &schema_stored),
    POOL(created_ms, "Created", &shape_long), POOL(modified_ms, "Modified", &shape_long), {0},
};
const struct shape pool_create_shape = STRUCT(struct pool, "CreateUserPoolRequest", create_fields);
const struct shape pool_update_shape = STRUCT(struct pool, "UpdateUserPoolRequest", update_fields);
const struct shape pool_settings_shape = STRUCT(struct pool, "UserPoolType", settings_fields);
const struct shape pool_doc_shape = STRUCT(struct pool, "Pool", pool_doc_fields);

static const struct field pool_key_fields[] = {
    FIELD(struct pool_key, kid, "Kid", &shape_string, OPTIONAL),
    FIELD(struct pool_key, der, "Private", &shape_blob, OPTIONAL),
    FIELD(struct pool_key, seal, "Seal", &shape_blob, OPTIONAL),
    {0},
};
const struct shape pool_key_shape = STRUCT(struct pool_key, "PoolKey", pool_key_fields);

static const struct shape client_name = STRING(.min = 1, .max = 128), client_secret = STRING(.min = 24, .max = 64, .secret = true);
static const struct shape refresh_validity = INT(0, 315360000), validity = INT(1, 86400), session_minutes = INT(3, 15);
static const struct shape unit = ENUM("seconds", "minutes", "hours", "days");
static const struct field unit_fields[] = {
    FIELD(struct validity_units, access, "AccessToken", &unit, OPTIONAL),
    FIELD(struct validity_units, id, "IdToken", &unit, OPTIONAL),
    FIELD(struct validity_units, refresh, "RefreshToken", &unit, OPTIONAL),
    {0},
};
static const struct shape units = STRUCT(struct validity_units, "TokenValidityUnitsType", unit_fields);
static const struct shape flow = ENUM("ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH");
static const struct shape flows = LIST_OF(flow), existence = ENUM("LEGACY", "ENABLED"), provider = ENUM("COGNITO"), providers = LIST_OF(provider);

#define CLIENT(member, json, shape) FIELD(struct pool_client, member, json, shape, OPTIONAL)
#define CLIENT_SETTINGS \
    CLIENT(refresh_validity, "RefreshTokenValidity", &refresh_validity), CLIENT(access_validity, "AccessTokenValidity", &validity), \
    CLIENT(id_validity, "IdTokenValidity", &validity), CLIENT(units, "TokenValidityUnits", &units), \
    CLIENT(read, "ReadAttributes", &texts), CLIENT(write, "WriteAttributes", &texts), CLIENT(flows, "ExplicitAuthFlows", &flows), \
    CLIENT(providers, "SupportedIdentityProviders", &providers), CLIENT(existence_errors, "PreventUserExistenceErrors", &existence), \
    CLIENT(revocation, "EnableTokenRevocation", &shape_bool), CLIENT(session_minutes, "AuthSessionValidity", &session_minutes), \
    CLIENT(propagate, "EnablePropagateAdditionalUserContextData", &shape_bool), CLIENT(oauth, "AllowedOAuthFlowsUserPoolClient", &shape_bool)
#define CLIENT_REFUSED \
    CLIENT(refused[0], "CallbackURLs", &pool_shape_refused), CLIENT(refused[1], "LogoutURLs", &pool_shape_refused), \
    CLIENT(refused[2], "DefaultRedirectURI", &pool_shape_refused), CLIENT(refused[3], "AllowedOAuthFlows", &pool_shape_refused), \
    CLIENT(refused[4], "AllowedOAuthScopes", &pool_shape_refused), CLIENT(refused[5], "AnalyticsConfiguration", &pool_shape_refused), \
    CLIENT(refused[6], "RefreshTokenRotation", &pool_shape_refused)

static const struct field client_create_fields[] = {
    FIELD(struct pool_client, pool_id, "UserPoolId", &pool_shape_id, REQUIRED), FIELD(struct pool_client, name, "ClientName", &client_name, REQUIRED),
    CLIENT(generate_secret, "GenerateSecret", &shape_bool), CLIENT(secret, "ClientSecret", &client_secret), CLIENT_SETTINGS, CLIENT_REFUSED, {0},
};
static const struct field client_update_fields[] = {
    FIELD(struct pool_client, pool_id, "UserPoolId", &pool_shape_id, REQUIRED), FIELD(struct pool_client, id, "ClientId", &pool_shape_client_id, REQUIRED),
    CLIENT(name, "ClientName", &client_name), CLIENT_SETTINGS, CLIENT_REFUSED, {0},
};
static const struct field client_settings_fields[] = {
    CLIENT(pool_id, "UserPoolId", &shape_string), CLIENT(id, "ClientId", &shape_string), CLIENT(name, "ClientName", &shape_string),
    CLIENT(secret, "ClientSecret", &shape_string), CLIENT_SETTINGS, {0},
};
static const struct field client_doc_fields[] = {
    CLIENT(pool_id, "UserPoolId", &shape_string), CLIENT(id, "ClientId", &shape_string), CLIENT(name, "ClientName", &shape_string),
    CLIENT(secret, "ClientSecret", &shape_string), CLIENT_SETTINGS,
    CLIENT(created_ms, "Created", &shape_long), CLIENT(modified_ms, "Modified", &shape_long), {0},
};
const struct shape pool_client_create_shape = STRUCT(struct pool_client, "CreateUserPoolClientRequest", client_create_fields);
const struct shape pool_client_update_shape = STRUCT(struct pool_client, "UpdateUserPoolClientRequest", client_update_fields);
const struct shape pool_client_settings_shape = STRUCT(struct pool_client, "UserPoolClientType", client_settings_fields);
const struct shape pool_client_doc_shape = STRUCT(struct pool_client, "PoolClient", client_doc_fields);

static const struct field code_fields[] = {
    FIELD(struct user_code, purpose, "Purpose", &shape_string, OPTIONAL), FIELD(struct user_code, hash, "Hash", &shape_blob, OPTIONAL),
    FIELD(struct user_code, attribute, "Attribute", &shape_string, OPTIONAL), FIELD(struct user_code, expires_ms, "Expires", &shape_long, OPTIONAL),
    {0},
};
static const struct shape code = STRUCT(struct user_code, "Code", code_fields), codes = LIST_OF(code);
#define USER(member, json, shape) FIELD(struct user, member, json, shape, OPTIONAL)
static const struct field user_fields[] = {
    USER(name, "Username", &shape_string), USER(sub, "Sub", &shape_string), USER(status, "Status", &shape_string),
    USER(attributes, "Attributes", &pool_shape_attributes), USER(enabled, "Enabled", &shape_bool),
    USER(salt, "Salt", &shape_blob), USER(verifier, "Verifier", &shape_blob), USER(codes, "Codes", &codes),
    USER(created_ms, "Created", &shape_long), USER(modified_ms, "Modified", &shape_long),
    USER(valid_from_ms, "ValidFrom", &shape_long), USER(temporary_until_ms, "TemporaryUntil", &shape_long),
    {0},
};
const struct shape user_doc_shape = STRUCT(struct user, "User", user_fields);
/* clang-format on */

static bool is_empty(struct str raw)
{
    return str_eq(raw, STR("{}")) || str_eq(raw, STR("[]")) || str_eq(raw, STR("\"\""));
}

bool pool_shape_check(const struct shape *s, const void *in, struct err *e)
{
    for (const struct field *f = s->fields; f->name != NULL; f++) {
        const void *p = (const char *)in + f->offset;
        if (f->shape == &pool_shape_refused) {
            const struct str *raw = p;
            if (raw->p != NULL && !is_empty(*raw))
                return err_set(e, ERR_INVALID_PARAMETER, "%s is not supported by this server.",
                               f->name);
        } else if (f->shape->kind == SHAPE_STRUCT && *(const void *const *)p != NULL &&
                   !pool_shape_check(f->shape, *(const void *const *)p, e)) {
            return false;
        }
    }
    return true;
}
