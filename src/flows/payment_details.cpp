#include "flows/payment_details.hpp"

#include <array>
#include <charconv>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "flows/card_network.hpp"

namespace payweir::flows {
namespace {

template <class Member>
struct Named {
  std::string_view name;
  Member member;
};

using Text = Named<std::string PaymentDetails::*>;

// The names under which members are kept. Never renamed: rows of every age are read with them.
constexpr std::array kTexts = {
    Text{"customer_id", &PaymentDetails::customer_id},
    Text{"email", &PaymentDetails::email},
    Text{"name", &PaymentDetails::name},
    Text{"phone", &PaymentDetails::phone},
    Text{"phone_country_code", &PaymentDetails::phone_country_code},
    Text{"description", &PaymentDetails::description},
    Text{"return_url", &PaymentDetails::return_url},
    Text{"statement_descriptor_name", &PaymentDetails::statement_descriptor_name},
    Text{"statement_descriptor_suffix", &PaymentDetails::statement_descriptor_suffix},
    Text{"setup_future_usage", &PaymentDetails::setup_future_usage},
    Text{"payment_method", &PaymentDetails::payment_method},
    Text{"payment_method_type", &PaymentDetails::payment_method_type},
    Text{"business_country", &PaymentDetails::business_country},
    Text{"business_label", &PaymentDetails::business_label},
    Text{"cancellation_reason", &PaymentDetails::cancellation_reason},
};

constexpr std::array kJson = {
    Text{"metadata", &PaymentDetails::metadata_json},
    Text{"billing", &PaymentDetails::billing_json},
    Text{"shipping", &PaymentDetails::shipping_json},
    Text{"payment_method_billing", &PaymentDetails::payment_method_billing_json},
    Text{"browser_info", &PaymentDetails::browser_info_json},
    Text{"order_details", &PaymentDetails::order_details_json},
    Text{"routing", &PaymentDetails::routing_json},
};

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

// Fields of a held card are written as "<size>:<bytes>", which needs no escaping and so no second copy of
// a card number.
void append_field(std::string& out, std::string_view field) {
  out.append(std::to_string(field.size())).append(":").append(field);
}

bool take_field(std::string_view& text, std::string_view& field) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end == text.data() + text.size() || *end != ':') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  if (size > text.size()) return false;
  field = text.substr(0, size);
  text.remove_prefix(size);
  return true;
}

bool take_number(std::string_view& text, int& number) {
  std::string_view field;
  if (!take_field(text, field)) return false;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
  return error == std::errc() && end == field.data() + field.size();
}

}  // namespace

std::string PaymentDetails::serialise() const {
  json::Writer out;
  out.begin_object();
  for (const Text& text : kTexts)
    if (const std::string& value = this->*text.member; !value.empty()) out.field(text.name, value);
  for (const Text& json : kJson)
    if (const std::string& value = this->*json.member; !value.empty()) out.raw_field(json.name, value);
  if (!card.empty()) write_card(out, card);
  if (has_off_session) out.field("off_session", off_session);
  out.end_object();
  return std::move(out).take();
}

PaymentDetails PaymentDetails::parse(std::string_view json) {
  PaymentDetails details;
  const Result<json::Document> document = json::parse(json);
  if (!document) return details;
  const json::Value root = document->root();
  for (const Text& text : kTexts)
    details.*text.member = root[text.name].text();
  for (const Text& kept : kJson)
    if (const json::Value value = root[kept.name]; value.present()) details.*kept.member = value.dump();
  details.card = read_card(root["card"]);
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
  std::string out;
  // Room for all of it, so that growing leaves no copy behind that nobody wipes.
  out.reserve(card.number.size() + card.cvc.size() + card.holder_name.size() + 64);
  append_field(out, card.number.reveal());
  append_field(out, card.cvc.reveal());
  append_field(out, std::to_string(card.expiry_month));
  append_field(out, std::to_string(card.expiry_year));
  append_field(out, card.holder_name);
  return Secret(std::move(out));
}

Result<Card> parse_card(const Secret& serialised) {
  std::string_view text = serialised.reveal();
  std::string_view number, cvc, holder_name;
  Card card;
  const bool complete = take_field(text, number) && take_field(text, cvc) &&
                        take_number(text, card.expiry_month) && take_number(text, card.expiry_year) &&
                        take_field(text, holder_name) && text.empty();
  if (!complete) return fail(Code::internal, "", "a held card cannot be read");
  card.number = Secret(std::string(number));
  card.cvc = Secret(std::string(cvc));
  card.holder_name = holder_name;
  return card;
}

}  // namespace payweir::flows
