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
    {"local_method", kText, &PaymentDetails::local_method},
    {"bank", kText, &PaymentDetails::bank},
    {"account_last4", kText, &PaymentDetails::account_last4},
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

constexpr std::size_t kNumbersBytesMax = 40;

Secret serialise_debit(const LocalMethod& debit) {
  constexpr std::size_t kFieldCount = 7;
  FieldWriter out(debit.bank.size() + debit.account_number.size() + debit.routing_number.size() +
                      debit.agreed_from_ip.size() + debit.agreed_with_user_agent.size() + kNumbersBytesMax,
                  kFieldCount);
  out.add(debit.bank).add(debit.account_number.reveal()).add(debit.routing_number.reveal());
  out.add(std::int64_t{debit.is_of_company}).add(std::int64_t{debit.is_savings});
  out.add(debit.agreed_from_ip).add(debit.agreed_with_user_agent);
  return out.take();
}

Result<Instrument> parse_debit(PaymentMethod method, FieldReader fields) {
  LocalMethod debit;
  debit.method = method;
  debit.bank = fields.text();
  debit.account_number = Secret(std::string(fields.text()));
  debit.routing_number = Secret(std::string(fields.text()));
  debit.is_of_company = fields.number() != 0;
  debit.is_savings = fields.number() != 0;
  debit.agreed_from_ip = fields.text();
  debit.agreed_with_user_agent = fields.text();
  if (!fields.complete()) return fail(Code::internal, "", "a held bank account cannot be read");
  return debit;
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

std::string lacking_field(const MethodTerms& terms, const PaymentDetails& details) {
  if (terms.required.empty()) return {};
  const ContactDetails billing = billing_of(details);
  for (const PayerField field : terms.required)
    switch (field) {
      case PayerField::name:
        if (billing.address.first_name.empty() && billing.address.last_name.empty())
          return "billing.address.first_name";
        break;
      case PayerField::email:
        if (billing.email.empty() && details.email.empty()) return "billing.email";
        break;
      case PayerField::country:
        if (billing.address.country.empty()) return "billing.address.country";
        break;
      case PayerField::shipping: {
        const PostalAddress shipping = read_contact(details.shipping_json).address;
        if (shipping.first_name.empty() && shipping.last_name.empty()) return "shipping.address.first_name";
        if (shipping.line1.empty()) return "shipping.address.line1";
        break;
      }
    }
  return {};
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

ContactDetails billing_of(const PaymentDetails& details) {
  if (details.payment_method_billing_json.empty()) return read_contact(details.billing_json);
  ContactDetails billing = read_contact(details.payment_method_billing_json);
  if (details.billing_json.empty()) return billing;
  ContactDetails general = read_contact(details.billing_json);
  PostalAddress& own = billing.address;
  if (own.first_name.empty() && own.last_name.empty()) {
    own.first_name = general.address.first_name;
    own.last_name = general.address.last_name;
  }
  // Of one place, or of none: lines of two addresses are no address.
  const bool has_place = !own.line1.empty() || !own.city.empty() || !own.state.empty() || !own.zip.empty();
  const bool is_same_country = own.country.empty() || own.country == general.address.country;
  if (!has_place && is_same_country) {
    general.address.first_name = own.first_name;
    general.address.last_name = own.last_name;
    own = std::move(general.address);
  }
  if (billing.phone.empty()) billing.phone = std::move(general.phone);
  if (billing.email.empty()) billing.email = std::move(general.email);
  return billing;
}

Secret serialise_card(const Card& card) {
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

std::optional<Secret> serialise_held(const Instrument& instrument) {
  if (const auto* card = std::get_if<Card>(&instrument)) return serialise_card(*card);
  const auto* local = std::get_if<LocalMethod>(&instrument);
  if (local && is_bank_debit(local->method)) return serialise_debit(*local);
  return std::nullopt;
}

Result<Instrument> parse_held(const Secret& serialised, const PaymentDetails& details) {
  const std::optional<PaymentMethod> method = parse_local_method(details.local_method);
  if (method) return parse_debit(*method, FieldReader(serialised.reveal()));
  return parse_card(serialised);
}

}  // namespace payweir::flows
