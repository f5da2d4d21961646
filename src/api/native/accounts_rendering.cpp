#include "api/native/accounts_rendering.hpp"

#include <utility>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"

namespace payweir::api::native {
namespace {

// JSON, or what stands for it when it is absent.
void json_or(json::Writer& out, std::string_view name, std::string_view json, std::string_view otherwise) {
  out.raw_field(name, json.empty() ? otherwise : json);
}

// The stored members of webhook_details and those that have places of their own. The signing secret is
// shown only when it is new.
void write_webhook_details(json::Writer& out, std::string_view stored, const flows::ProfileView& profile) {
  out.key("webhook_details").begin_object();
  if (const Result<json::Document> document = json::parse(stored))
    for (json::Value member = document->root().first(); member.present(); member = member.next())
      out.raw_field(member.key(), member.dump());
  out.text_or_null("webhook_url", profile.row.webhook_url);
  if (!profile.details.webhook_disabled_at.empty())
    out.field("webhook_disabled_at", profile.details.webhook_disabled_at);
  if (!profile.new_webhook_secret.empty()) out.field("webhook_secret", profile.new_webhook_secret.reveal());
  out.end_object();
}

void write_event_information(json::Writer& out, const flows::EventView& view) {
  out.field("event_id", to_text(view.event.id)).field("merchant_id", view.merchant_id);
  out.text_or_null("profile_id", view.profile_id).field("object_id", view.object_id);
  out.field("event_type", to_string(view.event.type));
  out.field("event_class", view.event.refund_key != 0 ? "refunds" : "payments");
  out.key("is_delivery_successful");
  if (view.delivery)
    out.boolean(view.delivery->state == store::DeliveryState::delivered);
  else
    out.null();
  out.field("created", format_iso8601(view.event.created_at));
}

std::string_view delivery_state_name(store::DeliveryState state) {
  switch (state) {
    case store::DeliveryState::pending: return "pending";
    case store::DeliveryState::delivered: return "delivered";
    case store::DeliveryState::dead: return "dead";
  }
  return "";
}

void write_delivery(json::Writer& out, const store::DeliveryRow& delivery) {
  out.field("delivery_status", delivery_state_name(delivery.state));
  out.field("attempt_count", delivery.attempt_count);
  out.key("next_attempt_at");
  if (delivery.state == store::DeliveryState::pending)
    out.string(format_iso8601(delivery.due_at));
  else
    out.null();
  out.key("request").begin_object().field("body", delivery.body).end_object();
  out.key("response").begin_object().key("status_code");
  if (delivery.last_status != 0)
    out.integer(delivery.last_status);
  else
    out.null();
  out.text_or_null("error_message", delivery.last_error).end_object();
}

}  // namespace

std::string AccountRendering::merchant(const flows::MerchantView& view) const {
  const flows::MerchantDetails& details = view.details;
  json::Writer out(1536);
  out.begin_object();
  out.field("merchant_id", view.row.merchant_id).text_or_null("merchant_name", details.name);
  out.field("organization_id", details.organization_id);
  out.field("publishable_key", view.row.publishable_key);
  out.field("default_profile", to_text(view.default_profile.row.id));
  out.text_or_null("return_url", details.return_url);
  json_or(out, "enable_payment_response_hash", details.enable_payment_response_hash_json, "true");
  out.field("payment_response_hash_key", view.default_profile.payment_response_hash_key);
  json_or(out, "redirect_to_merchant_with_http_post", details.redirect_with_http_post_json, "false");
  json_or(out, "merchant_details", details.merchant_details_json, "null");
  write_webhook_details(out, details.webhook_details_json, view.default_profile);
  json_or(out, "sub_merchants_enabled", details.sub_merchants_enabled_json, "false");
  out.text_or_null("parent_merchant_id", details.parent_merchant_id);
  json_or(out, "metadata", details.metadata_json, "null");
  out.text_or_null("locker_id", details.locker_id);
  json_or(out, "primary_business_details", details.primary_business_details_json, "[]");
  out.field("is_recon_enabled", false).field("recon_status", "not_requested");
  out.field("merchant_account_type", "standard");
  out.end_object();
  return std::move(out).take();
}

std::string AccountRendering::profile(const flows::ProfileView& view) const {
  json::Writer out(1024);
  out.begin_object();
  out.field("merchant_id", view.merchant_id).field("profile_id", to_text(view.row.id));
  out.field("profile_name", view.row.name).text_or_null("return_url", view.details.return_url);
  json_or(out, "enable_payment_response_hash", view.details.enable_payment_response_hash_json, "true");
  out.field("payment_response_hash_key", view.payment_response_hash_key);
  json_or(out, "redirect_to_merchant_with_http_post", view.details.redirect_with_http_post_json, "false");
  write_webhook_details(out, view.details.webhook_details_json, view);
  json_or(out, "metadata", view.details.metadata_json, "null");
  json_or(out, "session_expiry", view.details.session_expiry_json, "null");
  out.field("is_auto_retries_enabled", view.details.auto_retries_enabled());
  json_or(out, "max_auto_retries_enabled", view.details.max_auto_retries_enabled_json, "null");
  out.end_object();
  return std::move(out).take();
}

std::string AccountRendering::api_key(const flows::ApiKeyView& view) const {
  json::Writer out(512);
  out.begin_object();
  out.field("key_id", to_text(view.row.id)).field("merchant_id", view.merchant_id);
  out.field("name", view.row.name).text_or_null("description", view.row.description);
  if (view.plaintext.empty())
    out.field("prefix", view.row.prefix).field("revoked", view.row.revoked);
  else
    out.field("api_key", view.plaintext.reveal());
  out.field("created", format_iso8601(view.row.created_at));
  out.field("expiration", view.row.expires_at.ms == 0 ? "never" : format_iso8601(view.row.expires_at));
  out.end_object();
  return std::move(out).take();
}

std::string AccountRendering::connector_account(const flows::ConnectorAccountView& view) const {
  const flows::ConnectorAccountDetails& details = view.details;
  const flows::MaskedCredentials& credentials = view.credentials;
  json::Writer out(2048);
  out.begin_object();
  out.field("merchant_connector_id", to_text(view.row.id)).field("merchant_id", view.merchant_id);
  out.field("profile_id", view.profile_id).field("connector_type", details.connector_type);
  out.field("connector_name", view.row.connector).field("connector_label", view.row.label);
  out.key("connector_account_details").begin_object().field("auth_type", credentials.auth_type);
  for (const auto& [name, shown] : credentials.fields)
    if (!shown.empty()) out.field(name, shown);
  out.end_object();
  if (credentials.webhook_secret.empty()) {
    out.null_field("connector_webhook_details");
  } else {
    out.key("connector_webhook_details").begin_object().field("merchant_secret", credentials.webhook_secret);
    out.text_or_null("additional_secret", credentials.additional_webhook_secret).end_object();
  }
  json_or(out, "payment_methods_enabled", details.payment_methods_enabled_json, "[]");
  json_or(out, "metadata", details.metadata_json, "null");
  json_or(out, "test_mode", details.test_mode_json, "null");
  json_or(out, "callback_addresses", details.callback_addresses_json, "[]");
  json_or(out, "timeouts", details.timeouts_json, "{}");
  json_or(out, "fees", details.fees_json, "[]");
  out.field("disabled", view.row.disabled).field("status", view.row.disabled ? "inactive" : "active");
  out.text_or_null("business_country", details.business_country);
  out.text_or_null("business_label", details.business_label);
  out.text_or_null("business_sub_label", details.business_sub_label);
  out.end_object();
  return std::move(out).take();
}

namespace {
// Upstream gives seconds here, and milliseconds nowhere.
void write_algorithm(json::Writer& out, const flows::RoutingAlgorithmView& view) {
  out.field("id", to_text(view.row.id)).field("profile_id", view.profile_id).field("name", view.row.name);
  out.field("description", view.row.description).field("created_at", view.row.created_at.ms / 1000);
  out.field("modified_at", view.row.modified_at.ms / 1000).field("algorithm_for", "payment");
  if (!view.row.canary.empty()) out.raw_field("canary", view.row.canary);
}
}  // namespace

std::string AccountRendering::routing_algorithm(const flows::RoutingAlgorithmView& view) const {
  json::Writer out;
  out.begin_object();
  write_algorithm(out, view);
  out.field("kind", view.kind).null_field("decision_engine_routing_id").end_object();
  return std::move(out).take();
}

std::string render_whole_algorithm(const flows::RoutingAlgorithmView& view) {
  json::Writer out(view.row.algorithm.size() + 512);
  out.begin_object();
  write_algorithm(out, view);
  out.raw_field("algorithm", view.row.algorithm).end_object();
  return std::move(out).take();
}

std::string AccountRendering::event(const flows::EventView& view) const {
  json::Writer out(512);
  out.begin_object();
  write_event_information(out, view);
  if (view.delivery) write_delivery(out, *view.delivery);
  out.end_object();
  return std::move(out).take();
}

std::string AccountRendering::event_summary(const flows::EventView& view) const {
  json::Writer out(512);
  out.begin_object();
  write_event_information(out, view);
  out.end_object();
  return std::move(out).take();
}

std::string render_array(std::span<const std::string> elements) {
  json::Writer out;
  out.begin_array();
  for (const std::string& element : elements)
    out.raw(element);
  out.end_array();
  return std::move(out).take();
}

}  // namespace payweir::api::native
