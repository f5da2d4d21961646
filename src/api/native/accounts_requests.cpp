#include "api/native/accounts_requests.hpp"

#include <array>
#include <utility>

#include "base/address_range.hpp"
#include "base/json_writer.hpp"
#include "domain/routing/fees.hpp"

namespace payweir::api::native {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kAddressBytesMax = 2048;
constexpr std::size_t kSecretBytesMax = 16 << 10;  // room for a chain of certificates
constexpr std::size_t kCredentialFieldsMax = 24;
constexpr std::size_t kMethodsBytesMax = 128 << 10;
constexpr IntegerRange kSessionExpirySecondsRange{60, 7'890'000};
constexpr IntegerRange kAutoRetriesRange{0, 255};  // upstream's; more than kAutoRetriesMax counts as that
constexpr std::size_t kHashKeyBytesMin = 16;
constexpr std::size_t kListedEventTypesMax = 32;
constexpr std::size_t kCallbackAddressesMax = 64;
constexpr std::size_t kCallbackAddressesBytesMax = 8 << 10;
constexpr IntegerRange kAttemptTimeoutMsRange{500, 30'000};
constexpr std::size_t kFeesBytesMax = 32 << 10;

// "true", "false", or "" when not given.
std::string boolean_json(Fields& fields, std::string_view name) {
  const std::optional<bool> value = fields.boolean(name);
  return !value ? "" : *value ? "true" : "false";
}

// What is kept and shown of webhook_details; the address and the secret have places of their own, and a
// password that nothing would ever be sent with is not kept.
std::string bind_webhook_details(Fields& webhook) {
  json::Writer out(128);
  bool is_empty = true;
  out.begin_object();
  for (const std::string_view name : {"webhook_version", "webhook_username"}) {
    const std::string value = webhook.text(name);
    if (value.empty()) continue;
    out.field(name, value);
    is_empty = false;
  }
  for (const std::string_view name :
       {"payment_created_enabled", "payment_succeeded_enabled", "payment_failed_enabled"}) {
    const std::optional<bool> value = webhook.boolean(name);
    if (!value) continue;
    out.field(name, *value);
    is_empty = false;
  }
  out.end_object();
  return is_empty ? "" : std::move(out).take();
}

flows::ProfileSettings bind_settings(Fields& fields, Fields& webhook) {
  flows::ProfileSettings settings;
  settings.webhook_url = webhook.optional_text("webhook_url", kAddressBytesMax);
  settings.rotate_webhook_secret = webhook.boolean("rotate_secret").value_or(false);
  if (std::string key = fields.text("payment_response_hash_key"); !key.empty()) {
    if (key.size() < kHashKeyBytesMin)
      fields.report(Code::invalid_value, "payment_response_hash_key", "at least 16 bytes are expected");
    settings.payment_response_hash_key = Secret(std::move(key));
  }
  return settings;
}

flows::MerchantDetails bind_merchant_details(Fields& fields, Fields& webhook) {
  flows::MerchantDetails details;
  details.name = fields.text("merchant_name");
  details.return_url = fields.web_address("return_url");
  details.locker_id = fields.text("locker_id");
  details.parent_merchant_id = fields.text("parent_merchant_id", kNameBytesMax);
  details.merchant_details_json = fields.object_json("merchant_details", kMetadataBytesMax);
  details.webhook_details_json = bind_webhook_details(webhook);
  details.metadata_json = fields.object_json("metadata", kMetadataBytesMax);
  details.primary_business_details_json = fields.array_json("primary_business_details", kMetadataBytesMax);
  details.sub_merchants_enabled_json = boolean_json(fields, "sub_merchants_enabled");
  details.enable_payment_response_hash_json = boolean_json(fields, "enable_payment_response_hash");
  details.redirect_with_http_post_json = boolean_json(fields, "redirect_to_merchant_with_http_post");
  return details;
}

flows::ProfileDetails bind_profile_details(Fields& fields, Fields& webhook) {
  flows::ProfileDetails details;
  details.return_url = fields.web_address("return_url");
  details.webhook_details_json = bind_webhook_details(webhook);
  details.metadata_json = fields.object_json("metadata", kMetadataBytesMax);
  if (const auto session_expiry = fields.integer("session_expiry", kSessionExpirySecondsRange))
    details.session_expiry_json = std::to_string(*session_expiry);
  details.enable_payment_response_hash_json = boolean_json(fields, "enable_payment_response_hash");
  details.redirect_with_http_post_json = boolean_json(fields, "redirect_to_merchant_with_http_post");
  details.is_auto_retries_enabled_json = boolean_json(fields, "is_auto_retries_enabled");
  if (const auto retries = fields.integer("max_auto_retries_enabled", kAutoRetriesRange))
    details.max_auto_retries_enabled_json = std::to_string(*retries);
  return details;
}

// "never", which is 0, or a time.
Result<Instant> parse_expiration(std::string_view text) {
  if (text == "never") return Instant{};
  Result<Instant> time = parse_iso8601(text);
  if (!time)
    return fail(Code::invalid_value, "expiration", "\"never\" or a time as 2026-11-22T04:20:07Z is expected");
  return time;
}

std::optional<ConnectorCredentials> bind_credentials(Fields details) {
  if (!details.present()) return std::nullopt;
  ConnectorCredentials credentials;
  // Which fields there are is the connector's to say, and to check.
  credentials.auth_type = details.required_text("auth_type");
  for (auto& [name, value] : details.all_texts(kCredentialFieldsMax, kSecretBytesMax))
    if (name != "auth_type") credentials.set(name, Secret(std::move(value)));
  return credentials;
}

flows::WebhookSecrets bind_webhook_secrets(Fields webhook) {
  if (!webhook.present()) return std::nullopt;
  std::vector<Secret> secrets;
  secrets.emplace_back(webhook.required_text("merchant_secret"));
  if (Secret additional(webhook.text("additional_secret", kSecretBytesMax)); !additional.empty())
    secrets.push_back(std::move(additional));
  return secrets;
}

// The list as JSON, "" when not given.
std::string bind_callback_addresses(Fields& fields) {
  constexpr std::string_view kName = "callback_addresses";
  const std::vector<std::string> texts = fields.texts(kName, kCallbackAddressesMax);
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (const Result<AddressRange> range = AddressRange::parse(texts[i]); !range)
      fields.report(Code::invalid_value, std::string(kName) + "[" + std::to_string(i) + "]",
                    range.error().detail);
  return fields.array_json(kName, kCallbackAddressesBytesMax);
}

// The object as JSON with what is known of it, "" when not given.
std::string bind_timeouts(Fields timeouts) {
  if (!timeouts.present()) return "";
  json::Writer out(64);
  out.begin_object();
  for (const std::string_view name : {"first_ms", "later_ms"})
    if (const std::optional<std::int64_t> span = timeouts.integer(name, kAttemptTimeoutMsRange))
      out.field(name, *span);
  out.end_object();
  return std::move(out).take();
}

// The list as JSON with what is known of it, "" when not given.
std::string bind_fees(Fields& fields) {
  const std::string given = fields.array_json("fees", kFeesBytesMax);
  if (given.empty()) return "";
  const Result<json::Document> document = json::parse(given);
  if (!document) {
    fields.report(document.error().code, "fees", document.error().detail);
    return "";
  }
  const Result<std::vector<routing::Fee>> fees = routing::read_fees(document->root());
  if (!fees) {
    fields.report(fees.error().code, fees.error().field, fees.error().detail);
    return "";
  }
  json::Writer out(given.size());
  routing::write_fees(out, *fees);
  return std::move(out).take();
}

// The list as it came, when it can be meant; "" when not given.
std::string bind_enabled_methods(Fields& fields) {
  std::string given = fields.array_json("payment_methods_enabled", kMethodsBytesMax);
  if (given.empty()) return given;
  const Result<json::Document> document = json::parse(given);
  if (!document) {
    fields.report(document.error().code, "payment_methods_enabled", document.error().detail);
    return "";
  }
  const auto methods = flows::EnabledMethods::read(document->root(), "payment_methods_enabled");
  if (!methods) fields.report(methods.error().code, methods.error().field, methods.error().detail);
  return given;
}

// Upstream's metadata for Apple Pay hold the private key of the merchant's certificate. Metadata are shown
// and not sealed, and nothing here uses the key, so that it is left out.
constexpr std::string_view kPrivateKey = "certificate_keys";

void copy_without_private_keys(json::Value value, json::Writer& out) {
  if (!value.is(json::Kind::object)) {
    out.raw(value.dump());
    return;
  }
  out.begin_object();
  for (json::Value member = value.first(); member.present(); member = member.next()) {
    if (member.key() == kPrivateKey) continue;
    out.key(member.key());
    copy_without_private_keys(member, out);
  }
  out.end_object();
}

std::string without_private_keys(std::string metadata) {
  if (!metadata.contains(kPrivateKey)) return metadata;
  const Result<json::Document> document = json::parse(metadata);
  if (!document) return metadata;
  json::Writer out(metadata.size());
  copy_without_private_keys(document->root(), out);
  return std::move(out).take();
}

flows::ConnectorAccountDetails bind_connector_details(Fields& fields) {
  flows::ConnectorAccountDetails details;
  // Upstream's two words for what takes payments; it has more, for what this switch does not do.
  details.connector_type = fields.word("connector_type", {"payment_processor", "fiz_operations"});
  details.business_country = fields.text("business_country", 2);
  details.business_label = fields.text("business_label", kNameBytesMax);
  details.business_sub_label = fields.text("business_sub_label", kNameBytesMax);
  details.payment_methods_enabled_json = bind_enabled_methods(fields);
  details.metadata_json = without_private_keys(fields.object_json("metadata", kMetadataBytesMax));
  details.test_mode_json = boolean_json(fields, "test_mode");
  details.callback_addresses_json = bind_callback_addresses(fields);
  details.timeouts_json = bind_timeouts(fields.object("timeouts"));
  details.fees_json = bind_fees(fields);
  return details;
}

Result<EventType> parse_event_type(std::string_view word) {
  for (int number = 1; number <= static_cast<int>(EventType::refund_failed); ++number) {
    const auto type = static_cast<EventType>(number);
    if (to_string(type) == word) return type;
  }
  return fail(Code::invalid_value, "event_types", "types of events are expected");
}

}  // namespace

Result<flows::CreateMerchant> bind_create_merchant(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  Fields webhook = fields.object("webhook_details");
  flows::CreateMerchant command;
  command.merchant_id = fields.required_text("merchant_id", kNameBytesMax);
  command.details = bind_merchant_details(fields, webhook);
  command.details.organization_id = fields.text("organization_id", kNameBytesMax);
  command.settings = bind_settings(fields, webhook);
  return bound(std::move(command), problem);
}

Result<flows::UpdateMerchant> bind_update_merchant(const json::Value& body, std::string merchant_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  Fields webhook = fields.object("webhook_details");
  flows::UpdateMerchant command;
  command.merchant_id = std::move(merchant_id);
  command.details = bind_merchant_details(fields, webhook);
  command.settings = bind_settings(fields, webhook);
  command.default_profile_id = fields.text("default_profile", kNameBytesMax);
  return bound(std::move(command), problem);
}

Result<flows::CreateProfile> bind_create_profile(const json::Value& body, std::string merchant_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  Fields webhook = fields.object("webhook_details");
  flows::CreateProfile command;
  command.merchant_id = std::move(merchant_id);
  command.name = fields.text("profile_name", kNameBytesMax);
  command.details = bind_profile_details(fields, webhook);
  command.settings = bind_settings(fields, webhook);
  return bound(std::move(command), problem);
}

Result<flows::UpdateProfile> bind_update_profile(const json::Value& body, std::string merchant_id,
                                                 std::string profile_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  Fields webhook = fields.object("webhook_details");
  flows::UpdateProfile command;
  command.merchant_id = std::move(merchant_id);
  command.profile_id = std::move(profile_id);
  command.name = fields.text("profile_name", kNameBytesMax);
  command.details = bind_profile_details(fields, webhook);
  command.settings = bind_settings(fields, webhook);
  return bound(std::move(command), problem);
}

Result<flows::CreateApiKey> bind_create_api_key(const json::Value& body, std::string merchant_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CreateApiKey command;
  command.merchant_id = std::move(merchant_id);
  command.name = fields.required_text("name", kNameBytesMax);
  command.description = fields.text("description");
  command.expires_at = fields.parsed("expiration", parse_expiration).value_or(Instant{});
  return bound(std::move(command), problem);
}

Result<flows::UpdateApiKey> bind_update_api_key(const json::Value& body, std::string merchant_id,
                                                std::string key_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::UpdateApiKey command;
  command.merchant_id = std::move(merchant_id);
  command.key_id = std::move(key_id);
  command.name = fields.optional_text("name", kNameBytesMax);
  command.description = fields.optional_text("description");
  command.expires_at = fields.parsed("expiration", parse_expiration);
  return bound(std::move(command), problem);
}

Result<flows::CreateConnectorAccount> bind_create_connector_account(const json::Value& body,
                                                                    std::string merchant_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CreateConnectorAccount command;
  command.merchant_id = std::move(merchant_id);
  command.profile_id = fields.text("profile_id", kNameBytesMax);
  command.connector = fields.required_text("connector_name", kNameBytesMax);
  command.label = fields.text("connector_label");
  command.details = bind_connector_details(fields);
  if (command.details.connector_type.empty()) command.details.connector_type = "payment_processor";
  std::optional<ConnectorCredentials> credentials =
      bind_credentials(fields.object("connector_account_details"));
  if (!credentials) fields.report(Code::missing_field, "connector_account_details", "");
  command.credentials = std::move(credentials).value_or(ConnectorCredentials{});
  command.webhook_secrets = bind_webhook_secrets(fields.object("connector_webhook_details"));
  command.disabled = fields.boolean("disabled").value_or(false);
  return bound(std::move(command), problem);
}

Result<flows::UpdateConnectorAccount> bind_update_connector_account(const json::Value& body,
                                                                    std::string merchant_id,
                                                                    std::string account_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::UpdateConnectorAccount command;
  command.merchant_id = std::move(merchant_id);
  command.account_id = std::move(account_id);
  command.label = fields.text("connector_label");
  command.details = bind_connector_details(fields);
  command.credentials = bind_credentials(fields.object("connector_account_details"));
  command.webhook_secrets = bind_webhook_secrets(fields.object("connector_webhook_details"));
  command.disabled = fields.boolean("disabled");
  return bound(std::move(command), problem);
}

Result<flows::VerifyConnectorAccount> bind_verify_connector_account(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::VerifyConnectorAccount command;
  command.merchant_id = fields.text("merchant_id", kNameBytesMax);
  command.account_id = fields.text("merchant_connector_id", kNameBytesMax);
  if (command.account_id.empty()) {
    command.connector = fields.required_text("connector_name", kNameBytesMax);
    std::optional<ConnectorCredentials> credentials =
        bind_credentials(fields.object("connector_account_details"));
    if (!credentials) fields.report(Code::missing_field, "connector_account_details", "");
    command.credentials = std::move(credentials).value_or(ConnectorCredentials{});
  } else if (command.merchant_id.empty()) {
    fields.report(Code::missing_field, "merchant_id", "");
  }
  return bound(std::move(command), problem);
}

Result<flows::ListEvents> bind_list_events(const json::Value& body, std::string merchant_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::ListEvents command;
  command.merchant_id = std::move(merchant_id);
  command.limit = static_cast<std::size_t>(fields.integer("limit", kListLimitRange).value_or(10));
  command.offset = static_cast<std::size_t>(fields.integer("offset", kListOffsetRange).value_or(0));
  command.created_from = fields.time("created_after");
  command.created_to = fields.time("created_before");
  command.profile_id = fields.text("profile_id", kNameBytesMax);
  command.object_id = fields.text("object_id", kNameBytesMax);
  for (const std::string& word : fields.texts("event_types", kListedEventTypesMax)) {
    const Result<EventType> type = parse_event_type(word);
    if (type)
      command.types.push_back(*type);
    else
      fields.report(type.error().code, "event_types", type.error().detail);
  }
  return bound(std::move(command), problem);
}

}  // namespace payweir::api::native
