#include "flows/routing/route_payment.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "domain/routing/algorithm_json.hpp"

namespace payweir::flows {
namespace {

using routing::Key;

constexpr std::size_t kExtendedBinDigits = 8;

using Accounts = std::vector<std::shared_ptr<const ConnectorAccount>>;

struct Takers {
  Accounts able;
  Accounts held_up;  // could, if it were not to be captured by hand
};

Takers find_takers(const RoutedPayment& routed) {
  Takers takers;
  for (const auto& account : routed.profile.by_default) {
    if (account->row.disabled || !account->connector) continue;
    if (!routed.only_account.empty() && to_text(account->row.id) != routed.only_account) continue;
    const Capabilities& can = account->connector->capabilities();
    if (!can.takes(routed.method) || !can.takes(routed.payment.amount.currency)) continue;
    const bool is_held_up = routed.payment.capture_method == CaptureMethod::manual && !can.manual_capture;
    (is_held_up ? takers.held_up : takers.able).push_back(account);
  }
  return takers;
}

std::unexpected<Error> nobody(PaymentMethod method, bool is_held_up_by_capture, std::string_view field) {
  if (is_held_up_by_capture)
    return fail(Code::capture_method_not_supported, "capture_method",
                std::string(to_string(method)) + " cannot be authorised first and captured later");
  return fail(Code::no_connector_account, std::string(field),
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

routing::Facts facts_of(const RoutedPayment& routed) {
  const Payment& payment = routed.payment;
  const PaymentDetails& details = routed.details;
  routing::Facts facts;
  facts.amount = payment.amount;
  facts.set(Key::currency, payment.amount.currency.code());
  facts.set(Key::payment_method, family_of(routed.method));
  facts.set(Key::capture_method, to_string(payment.capture_method));
  facts.set(Key::authentication_type, to_string(payment.authentication_type));
  facts.set(Key::setup_future_usage, details.setup_future_usage);
  facts.set(Key::business_country, details.business_country);
  facts.set(Key::business_label, details.business_label);
  const std::string& billing = details.payment_method_billing_json.empty()
                                   ? details.billing_json
                                   : details.payment_method_billing_json;
  facts.set(Key::billing_country, read_contact(billing).address.country);
  if (routed.method == PaymentMethod::card) {
    facts.set(Key::card_type, details.payment_method_type);
    facts.set(Key::card_network, details.card.network);
    facts.set(Key::card_bin, details.card.bin);
    if (routed.card)
      facts.set(Key::extended_card_bin, routed.card->number.reveal().substr(0, kExtendedBinDigits));
  } else {
    facts.set(Key::wallet, type_of(routed.method));
  }
  add_metadata(details.metadata_json, facts);
  facts.draw = static_cast<std::uint32_t>(static_cast<std::uint64_t>(payment.id.salt) >> 32);
  return facts;
}

// What a program says of these accounts.
routing::Ruling rule(const routing::CompiledProgram& program, const routing::Facts& facts,
                     const Accounts& accounts) {
  std::vector<std::string> ids;
  ids.reserve(accounts.size());
  std::vector<routing::Candidate> candidates;
  for (const auto& account : accounts)
    candidates.push_back({account->row.connector, ids.emplace_back(to_text(account->row.id))});
  return program.decide(facts, candidates);
}

std::string reason_of(std::string_view by, const RoutingAlgorithmId* id,
                      const routing::CompiledProgram& program, const routing::Ruling& ruling) {
  json::Writer out;
  out.begin_object().field("by", by);
  if (id) out.field("id", to_text(*id));
  if (ruling.rule != routing::Ruling::kDefault) out.field("rule", program.rule_name(ruling.rule));
  if (ruling.percent > 0) out.field("share", ruling.percent);
  out.end_object();
  std::string reason = std::move(out).take();
  check(reason.size() <= kRouteReasonMax, "a route's reason is too long");
  return reason;
}

Accounts in_order(const Accounts& accounts, std::span<const std::size_t> order) {
  Accounts ordered;
  for (const std::size_t index : order)
    ordered.push_back(accounts[index]);
  return ordered;
}

// The request's own algorithm was read when the request came.
Result<Route> route_as_wished(const RoutedPayment& routed, const Takers& takers) {
  const Result<json::Document> document = json::parse(routed.details.routing_json, routing::kAlgorithmLimits);
  if (!document) return std::unexpected(document.error());
  const Result<routing::Algorithm> algorithm = routing::read_algorithm(document->root(), "routing");
  if (!algorithm) return std::unexpected(algorithm.error());
  const Result<routing::CompiledProgram> program =
      routing::compile_algorithm(*algorithm, "routing", std::nullopt);
  if (!program) return std::unexpected(program.error());
  const routing::Facts facts = facts_of(routed);
  const routing::Ruling ruling = rule(*program, facts, takers.able);
  if (ruling.order.empty())
    return nobody(routed.method, !rule(*program, facts, takers.held_up).order.empty(), "routing");
  return Route{in_order(takers.able, ruling.order), reason_of("request", nullptr, *program, ruling)};
}

}  // namespace

Result<Route> route_payment(const RoutedPayment& routed) {
  Takers takers = find_takers(routed);
  const bool is_wished = routed.only_account.empty() && !routed.details.routing_json.empty();
  if (is_wished) return route_as_wished(routed, takers);
  if (takers.able.empty()) return nobody(routed.method, !takers.held_up.empty(), "connector");
  if (!routed.only_account.empty()) return Route{std::move(takers.able), R"({"by":"request"})"};
  if (!routed.profile.routing) return Route{std::move(takers.able), ""};

  const ActiveRouting& active = *routed.profile.routing;
  const routing::Ruling ruling = rule(active.program, facts_of(routed), takers.able);
  if (ruling.order.empty()) return Route{std::move(takers.able), R"({"by":"fallback"})"};
  Route route{in_order(takers.able, ruling.order),
              reason_of(routing::to_string(active.kind), &active.id, active.program, ruling)};
  for (auto& account : takers.able)
    if (std::ranges::find(route.accounts, account) == route.accounts.end())
      route.accounts.push_back(std::move(account));
  return route;
}

std::string route_in_words(std::string_view reason_json) {
  if (reason_json.empty()) return {};
  const Result<json::Document> document = json::parse(reason_json);
  if (!document) return {};
  const json::Value reason = document->root();
  const std::string_view by = reason["by"].text();
  if (by == "fallback") return "no connector of the routing algorithm can take this payment";
  std::string words = by == "request" ? std::string("the request asked for this connector")
                                      : "routing algorithm " + std::string(reason["id"].text());
  if (reason["rule"].present())
    words += ", rule \"" + std::string(reason["rule"].text()) + "\"";
  else if (by == "advanced")
    words += ", its default: no rule holds";
  if (reason["share"].integer() > 0)
    words += ", drawn for a share of " + std::to_string(reason["share"].integer()) + " per cent";
  return words;
}

}  // namespace payweir::flows
