#include "flows/accounts/details.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "flows/details_json.hpp"

namespace payweir::flows {
namespace {

constexpr auto kText = DetailKind::text;
constexpr auto kJson = DetailKind::json;

constexpr auto kMerchant = std::to_array<DetailMember<MerchantDetails>>({
    {"organization_id", kText, &MerchantDetails::organization_id},
    {"name", kText, &MerchantDetails::name},
    {"return_url", kText, &MerchantDetails::return_url},
    {"locker_id", kText, &MerchantDetails::locker_id},
    {"parent_merchant_id", kText, &MerchantDetails::parent_merchant_id},
    {"merchant_details", kJson, &MerchantDetails::merchant_details_json},
    {"webhook_details", kJson, &MerchantDetails::webhook_details_json},
    {"metadata", kJson, &MerchantDetails::metadata_json},
    {"primary_business_details", kJson, &MerchantDetails::primary_business_details_json},
    {"sub_merchants_enabled", kJson, &MerchantDetails::sub_merchants_enabled_json},
    {"enable_payment_response_hash", kJson, &MerchantDetails::enable_payment_response_hash_json},
    {"redirect_with_http_post", kJson, &MerchantDetails::redirect_with_http_post_json},
});

constexpr auto kProfile = std::to_array<DetailMember<ProfileDetails>>({
    {"return_url", kText, &ProfileDetails::return_url},
    {"webhook_details", kJson, &ProfileDetails::webhook_details_json},
    {"metadata", kJson, &ProfileDetails::metadata_json},
    {"session_expiry", kJson, &ProfileDetails::session_expiry_json},
    {"enable_payment_response_hash", kJson, &ProfileDetails::enable_payment_response_hash_json},
    {"redirect_with_http_post", kJson, &ProfileDetails::redirect_with_http_post_json},
    {"is_auto_retries_enabled", kJson, &ProfileDetails::is_auto_retries_enabled_json},
    {"max_auto_retries_enabled", kJson, &ProfileDetails::max_auto_retries_enabled_json},
    {"webhook_disabled_at", kText, &ProfileDetails::webhook_disabled_at},
    {"routing_default", kText, &ProfileDetails::routing_default},
});

constexpr auto kConnectorAccount = std::to_array<DetailMember<ConnectorAccountDetails>>({
    {"connector_type", kText, &ConnectorAccountDetails::connector_type},
    {"business_country", kText, &ConnectorAccountDetails::business_country},
    {"business_label", kText, &ConnectorAccountDetails::business_label},
    {"business_sub_label", kText, &ConnectorAccountDetails::business_sub_label},
    {"payment_methods_enabled", kJson, &ConnectorAccountDetails::payment_methods_enabled_json},
    {"metadata", kJson, &ConnectorAccountDetails::metadata_json},
    {"test_mode", kJson, &ConnectorAccountDetails::test_mode_json},
    {"callback_addresses", kJson, &ConnectorAccountDetails::callback_addresses_json},
    {"timeouts", kJson, &ConnectorAccountDetails::timeouts_json},
    {"fees", kJson, &ConnectorAccountDetails::fees_json},
});

template <class Details>
std::string serialise_with(const Details& details, std::span<const DetailMember<Details>> members) {
  json::Writer out;
  out.begin_object();
  write_details(out, details, members);
  out.end_object();
  return std::move(out).take();
}

template <class Details>
Details parse_with(std::string_view text, std::span<const DetailMember<Details>> members) {
  Details details;
  if (const Result<json::Document> document = json::parse(text))
    read_details(document->root(), details, members);
  return details;
}

template <class Details>
using Members = std::span<const DetailMember<Details>>;

}  // namespace

std::string MerchantDetails::serialise() const {
  return serialise_with(*this, Members<MerchantDetails>(kMerchant));
}
MerchantDetails MerchantDetails::parse(std::string_view json) {
  return parse_with(json, Members<MerchantDetails>(kMerchant));
}
void MerchantDetails::merge(const MerchantDetails& changes) {
  merge_details(*this, changes, Members<MerchantDetails>(kMerchant));
}

std::string ProfileDetails::serialise() const {
  return serialise_with(*this, Members<ProfileDetails>(kProfile));
}
ProfileDetails ProfileDetails::parse(std::string_view json) {
  return parse_with(json, Members<ProfileDetails>(kProfile));
}
void ProfileDetails::merge(const ProfileDetails& changes) {
  merge_details(*this, changes, Members<ProfileDetails>(kProfile));
}

int ProfileDetails::auto_retries_max() const {
  if (!auto_retries_enabled()) return 0;
  int wanted = kAutoRetriesMax;
  const std::string& text = max_auto_retries_enabled_json;
  std::from_chars(text.data(), text.data() + text.size(), wanted);
  return std::clamp(wanted, 0, kAutoRetriesMax);
}

Duration ProfileDetails::session_expiry() const {
  std::int64_t whole_seconds = 0;
  std::from_chars(session_expiry_json.data(), session_expiry_json.data() + session_expiry_json.size(),
                  whole_seconds);
  return seconds(whole_seconds);
}

std::string ConnectorAccountDetails::serialise() const {
  return serialise_with(*this, Members<ConnectorAccountDetails>(kConnectorAccount));
}
ConnectorAccountDetails ConnectorAccountDetails::parse(std::string_view json) {
  return parse_with(json, Members<ConnectorAccountDetails>(kConnectorAccount));
}
void ConnectorAccountDetails::merge(const ConnectorAccountDetails& changes) {
  merge_details(*this, changes, Members<ConnectorAccountDetails>(kConnectorAccount));
}

std::vector<AddressRange> ConnectorAccountDetails::callback_addresses() const {
  std::vector<AddressRange> ranges;
  const Result<json::Document> document = json::parse(callback_addresses_json);
  if (!document) return ranges;
  const json::Value list = document->root();
  for (json::Value each = list.first(); each.present(); each = each.next())
    if (const Result<AddressRange> range = AddressRange::parse(each.text())) ranges.push_back(*range);
  return ranges;
}

ConnectorAccountDetails::Timeouts ConnectorAccountDetails::timeouts() const {
  const Result<json::Document> document = json::parse(timeouts_json);
  if (!document) return {};
  const auto span = [&](std::string_view name) { return milliseconds(document->root()[name].integer()); };
  return {span("first_ms"), span("later_ms")};
}

std::vector<routing::Fee> ConnectorAccountDetails::fees() const {
  const Result<json::Document> document = json::parse(fees_json);
  if (!document) return {};
  return routing::read_fees(document->root()).value_or(std::vector<routing::Fee>());
}

EnabledMethods ConnectorAccountDetails::enabled_methods() const {
  if (payment_methods_enabled_json.empty()) return {};
  const Result<json::Document> document = json::parse(payment_methods_enabled_json);
  if (!document) return {};
  return EnabledMethods::read(document->root(), "").value_or(EnabledMethods());
}

}  // namespace payweir::flows
