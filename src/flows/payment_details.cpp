#include "flows/payment_details.hpp"

#include <array>

#include "flows/card_network.hpp"
#include "flows/details_json.hpp"
#include "flows/packed_fields.hpp"

namespace payweir::flows {
namespace {

constexpr auto kText = DetailKind::text;
constexpr auto kJson = DetailKind::json;

constexpr auto kMembers = std::to_array<DetailMember<PaymentDetails>>({
    {"customer_id", kText, &PaymentDetails::customer_id},
    {"email", kText, &PaymentDetails::email},
    {"name", kText, &PaymentDetails::name},
    {"phone", kText, &PaymentDetails::phone},
    {"phone_country_code", kText, &PaymentDetails::phone_country_code},
    {"description", kText, &PaymentDetails::description},
    {"return_url", kText, &PaymentDetails::return_url},
    {"statement_descriptor_name", kText, &PaymentDetails::statement_descriptor_name},
    {"statement_descriptor_suffix", kText, &PaymentDetails::statement_descriptor_suffix},
    {"setup_future_usage", kText, &PaymentDetails::setup_future_usage},
    {"payment_method", kText, &PaymentDetails::payment_method},
    {"payment_method_type", kText, &PaymentDetails::payment_method_type},
    {"business_country", kText, &PaymentDetails::business_country},
    {"business_label", kText, &PaymentDetails::business_label},
    {"cancellation_reason", kText, &PaymentDetails::cancellation_reason},
    {"wallet", kText, &PaymentDetails::wallet},
    {"payer_id", kText, &PaymentDetails::payer_id},
    {"paid_on", kText, &PaymentDetails::paid_on},
    {"link_seller_name", kText, &PaymentDetails::link_seller_name},
    {"link_theme", kText, &PaymentDetails::link_theme},
    {"metadata", kJson, &PaymentDetails::metadata_json},
    {"billing", kJson, &PaymentDetails::billing_json},
    {"shipping", kJson, &PaymentDetails::shipping_json},
    {"payment_method_billing", kJson, &PaymentDetails::payment_method_billing_json},
    {"browser_info", kJson, &PaymentDetails::browser_info_json},
    {"order_details", kJson, &PaymentDetails::order_details_json},
    {"routing", kJson, &PaymentDetails::routing_json},
    {"routed_by", kJson, &PaymentDetails::routed_by_json},
});
using Members = std::span<const DetailMember<PaymentDetails>>;

void write_card(json::Writer& out, const CardSummary& card) {
  out.key("card").begin_object().field("last4", card.last4);
  if (!card.bin.empty()) out.field("bin", card.bin);
  if (!card.network.empty()) out.field("network", card.network);
  if (!card.holder_name.empty()) out.field("holder_name", card.holder_name);
  out.field("expiry_month", card.expiry_month).field("expiry_year", card.expiry_year).end_object();
}

CardSummary read_card(json::Value card) {
  CardSummary summary;
  summary.last4 = card["last4"].text();
  summary.bin = card["bin"].text();
  summary.network = card["network"].text();
  summary.holder_name = card["holder_name"].text();
  summary.expiry_month = static_cast<int>(card["expiry_month"].integer());
  summary.expiry_year = static_cast<int>(card["expiry_year"].integer());
  return summary;
}

}  // namespace

std::string PaymentDetails::serialise() const {
  json::Writer out;
  out.begin_object();
  write_details(out, *this, Members(kMembers));
  if (!card.empty()) write_card(out, card);
  if (has_link) out.field("has_link", true);
  if (has_off_session) out.field("off_session", off_session);
  out.end_object();
  return std::move(out).take();
}

PaymentDetails PaymentDetails::parse(std::string_view json) {
  PaymentDetails details;
  const Result<json::Document> document = json::parse(json);
  if (!document) return details;
  const json::Value root = document->root();
  read_details(root, details, Members(kMembers));
  details.card = read_card(root["card"]);
  details.has_link = root["has_link"].boolean();
  details.has_off_session = root["off_session"].present();
  details.off_session = root["off_session"].boolean();
  return details;
}

ContactDetails read_contact(std::string_view json) {
  ContactDetails contact;
  if (json.empty()) return contact;
  const Result<json::Document> document = json::parse(json);
  if (!document) return contact;
  const json::Value address = document->root()["address"];
  contact.address.first_name = address["first_name"].text();
  contact.address.last_name = address["last_name"].text();
  contact.address.line1 = address["line1"].text();
  contact.address.line2 = address["line2"].text();
  contact.address.line3 = address["line3"].text();
  contact.address.city = address["city"].text();
  contact.address.state = address["state"].text();
  contact.address.zip = address["zip"].text();
  contact.address.country = address["country"].text();
  const json::Value phone = document->root()["phone"];
  contact.phone = phone["country_code"].text();
  contact.phone += phone["number"].text();
  contact.email = document->root()["email"].text();
  return contact;
}

std::string payer_address(const PaymentDetails& details) {
  if (details.browser_info_json.empty()) return {};
  const Result<json::Document> document = json::parse(details.browser_info_json);
  return document ? std::string(document->root()["ip_address"].text()) : std::string();
}

CardSummary summarise(const Card& card) {
  // Fewer digits than any network issues: first six and last four would give most of it away.
  constexpr std::size_t kShortestNumber = 12;
  CardSummary summary;
  const std::string_view number = card.number.reveal();
  if (number.size() >= kShortestNumber) summary.bin = number.substr(0, 6);
  summary.last4 = number.size() > 4 ? number.substr(number.size() - 4) : number;
  summary.network = card_network_of(number);
  summary.holder_name = card.holder_name;
  summary.expiry_month = card.expiry_month;
  summary.expiry_year = card.expiry_year;
  return summary;
}

Secret serialise_card(const Card& card) {
  constexpr std::size_t kNumbersBytesMax = 40;
  constexpr std::size_t kFieldCount = 5;
  FieldWriter out(card.number.size() + card.cvc.size() + card.holder_name.size() + kNumbersBytesMax,
                  kFieldCount);
  out.add(card.number.reveal()).add(card.cvc.reveal()).add(card.expiry_month).add(card.expiry_year);
  out.add(card.holder_name);
  return out.take();
}

Result<Card> parse_card(const Secret& serialised) {
  FieldReader fields(serialised.reveal());
  Card card;
  card.number = Secret(std::string(fields.text()));
  card.cvc = Secret(std::string(fields.text()));
  card.expiry_month = static_cast<int>(fields.number());
  card.expiry_year = static_cast<int>(fields.number());
  card.holder_name = fields.text();
  if (!fields.complete()) return fail(Code::internal, "", "a held card cannot be read");
  return card;
}

}  // namespace payweir::flows
