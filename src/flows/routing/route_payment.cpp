#include "flows/routing/route_payment.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"

namespace payweir::flows {
namespace {

using routing::Key;

constexpr std::size_t kExtendedBinDigits = 8;

Result<std::vector<std::shared_ptr<const ConnectorAccount>>> find_able(const ProfileEntry& profile,
                                                                       const Payment& payment,
                                                                       PaymentMethod method,
                                                                       RoutingWish wish) {
  std::vector<std::shared_ptr<const ConnectorAccount>> able;
  bool is_held_up_by_capture = false;
  for (const auto& account : profile.by_default) {
    if (account->row.disabled || !account->connector) continue;
    if (!wish.account_id.empty() && to_text(account->row.id) != wish.account_id) continue;
    if (!wish.connector.empty() && account->row.connector != wish.connector) continue;
    const Capabilities& can = account->connector->capabilities();
    if (!can.takes(method) || !can.takes(payment.amount.currency)) continue;
    if (payment.capture_method == CaptureMethod::manual && !can.manual_capture) {
      is_held_up_by_capture = true;
      continue;
    }
    able.push_back(account);
  }
  if (!able.empty()) return able;
  if (is_held_up_by_capture)
    return fail(Code::capture_method_not_supported, "capture_method",
                std::string(to_string(method)) + " cannot be authorised first and captured later");
  return fail(Code::no_connector_account, wish.account_id.empty() ? "connector" : "merchant_connector_id",
              "no enabled connector account can take this payment");
}

void add_metadata(std::string_view metadata_json, routing::Facts& facts) {
  if (metadata_json.empty()) return;
  const Result<json::Document> document = json::parse(metadata_json);
  if (!document) return;
  for (json::Value each = document->root().first(); each.present(); each = each.next())
    if (each.is(json::Kind::string))
      facts.metadata.emplace_back(std::string(each.key()), std::string(each.text()));
    else if (each.is(json::Kind::integer) || each.is(json::Kind::boolean))
      facts.metadata.emplace_back(std::string(each.key()), each.dump());
}

routing::Facts facts_of(const Payment& payment, const PaymentDetails& details, PaymentMethod method,
                        const Card* card) {
  routing::Facts facts;
  facts.amount = payment.amount;
  facts.set(Key::currency, payment.amount.currency.code());
  facts.set(Key::payment_method, family_of(method));
  facts.set(Key::capture_method, to_string(payment.capture_method));
  facts.set(Key::authentication_type, to_string(payment.authentication_type));
  facts.set(Key::setup_future_usage, details.setup_future_usage);
  facts.set(Key::business_country, details.business_country);
  facts.set(Key::business_label, details.business_label);
  const std::string& billing = details.payment_method_billing_json.empty()
                                   ? details.billing_json
                                   : details.payment_method_billing_json;
  facts.set(Key::billing_country, read_contact(billing).address.country);
  if (method == PaymentMethod::card) {
    facts.set(Key::card_type, details.payment_method_type);
    facts.set(Key::card_network, details.card.network);
    facts.set(Key::card_bin, details.card.bin);
    if (card) facts.set(Key::extended_card_bin, card->number.reveal().substr(0, kExtendedBinDigits));
  } else {
    facts.set(Key::wallet, type_of(method));
  }
  add_metadata(details.metadata_json, facts);
  facts.draw = static_cast<std::uint32_t>(static_cast<std::uint64_t>(payment.id.salt) >> 32);
  return facts;
}

std::string reason_of_algorithm(const ActiveRouting& routing, const routing::Ruling& ruling) {
  json::Writer out;
  out.begin_object().field("by", routing::to_string(routing.kind)).field("id", to_text(routing.id));
  if (ruling.rule != routing::Ruling::kDefault) out.field("rule", routing.program.rule_name(ruling.rule));
  if (ruling.percent > 0) out.field("share", ruling.percent);
  out.end_object();
  return std::move(out).take();
}

}  // namespace

Result<Route> route_payment(const ProfileEntry& profile, const Payment& payment,
                            const PaymentDetails& details, PaymentMethod method, const Card* card,
                            RoutingWish wish) {
  Result<std::vector<std::shared_ptr<const ConnectorAccount>>> able =
      find_able(profile, payment, method, wish);
  if (!able) return std::unexpected(std::move(able.error()));
  if (!wish.connector.empty() || !wish.account_id.empty())
    return Route{std::move(*able), R"({"by":"request"})"};
  if (!profile.routing) return Route{std::move(*able), ""};

  std::vector<std::string> ids;
  ids.reserve(able->size());
  for (const auto& account : *able)
    ids.push_back(to_text(account->row.id));
  std::vector<routing::Candidate> candidates;
  for (std::size_t index = 0; index < able->size(); ++index)
    candidates.push_back({(*able)[index]->row.connector, ids[index]});
  const routing::Ruling ruling =
      profile.routing->program.decide(facts_of(payment, details, method, card), candidates);
  if (ruling.order.empty()) return Route{std::move(*able), R"({"by":"fallback"})"};
  Route route;
  for (const std::size_t index : ruling.order)
    route.accounts.push_back((*able)[index]);
  for (std::size_t index = 0; index < able->size(); ++index)
    if (std::ranges::find(ruling.order, index) == ruling.order.end())
      route.accounts.push_back((*able)[index]);
  route.reason_json = reason_of_algorithm(*profile.routing, ruling);
  check(route.reason_json.size() <= kRouteReasonMax, "a route's reason is too long");
  return route;
}

std::string route_in_words(std::string_view reason_json) {
  if (reason_json.empty()) return {};
  const Result<json::Document> document = json::parse(reason_json);
  if (!document) return {};
  const json::Value reason = document->root();
  const std::string_view by = reason["by"].text();
  if (by == "request") return "the request asked for this connector";
  if (by == "fallback") return "no connector of the routing algorithm can take this payment";
  std::string words = "routing algorithm " + std::string(reason["id"].text());
  if (by == "advanced")
    words += reason["rule"].present() ? ", rule \"" + std::string(reason["rule"].text()) + "\""
                                      : std::string(", its default: no rule holds");
  if (reason["share"].integer() > 0)
    words += ", drawn for a share of " + std::to_string(reason["share"].integer()) + " per cent";
  return words;
}

}  // namespace payweir::flows
