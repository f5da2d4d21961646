#include "flows/routing/route_payment.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "domain/routing/algorithm_json.hpp"
#include "domain/routing/canary.hpp"

namespace payweir::flows {
namespace {

using routing::Key;

constexpr std::size_t kExtendedBinDigits = 8;

using Accounts = std::vector<std::shared_ptr<const ConnectorAccount>>;

struct Takers {
  Accounts able;
  Accounts held_up;  // could, if it were not to be captured by hand
  // What the first of those lacks that could, if they were told more of the payer. "": there are none.
  std::string lacking_field;
};

std::string country_of(const PaymentDetails& details) {
  std::string country = billing_of(details).address.country;
  for (char& c : country)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return country;
}

Takers find_takers(const RoutedPayment& routed) {
  Takers takers;
  for (const auto& account : routed.profile.by_default) {
    if (account->row.disabled || !account->connector) continue;
    if (!routed.only_account.empty() && to_text(account->row.id) != routed.only_account) continue;
    MethodQuery query{routed.method, routed.payment.amount, routed.details.card.network};
    std::string country;
    if (account->enabled_methods.depend_on_country()) query.country = country = country_of(routed.details);
    if (!account->takes(query)) continue;
    const Capabilities& can = account->connector->capabilities();
    if (const MethodTerms* terms = can.terms_of(routed.method))
      if (std::string field = lacking_field(*terms, routed.details); !field.empty()) {
        if (takers.lacking_field.empty()) takers.lacking_field = std::move(field);
        continue;
      }
    const bool is_held_up =
        routed.payment.capture_method == CaptureMethod::manual && !can.holds(routed.method);
    (is_held_up ? takers.held_up : takers.able).push_back(account);
  }
  return takers;
}

std::unexpected<Error> nobody(const RoutedPayment& routed, bool is_held_up_by_capture,
                              const std::string& lacking_field, std::string_view field) {
  const std::string method(to_string(routed.method));
  if (is_held_up_by_capture)
    return fail(Code::capture_method_not_supported, "capture_method",
                method + " cannot be authorised first and captured later");
  if (!lacking_field.empty()) return fail(Code::missing_field, lacking_field, "");
  return fail(Code::no_connector_account, std::string(field),
              "no enabled connector account takes " + method + " in " +
                  std::string(routed.payment.amount.currency.code()) + " for this payment");
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
  facts.set(Key::billing_country, billing_of(details).address.country);
  if (routed.method == PaymentMethod::card) {
    facts.set(Key::card_type, details.payment_method_type);
    facts.set(Key::card_network, details.card.network);
    facts.set(Key::card_bin, details.card.bin);
    if (routed.card)
      facts.set(Key::extended_card_bin, routed.card->number.reveal().substr(0, kExtendedBinDigits));
  } else if (is_wallet(routed.method)) {
    facts.set(Key::wallet, type_of(routed.method));
  }
  add_metadata(details.metadata_json, facts);
  facts.draw = static_cast<std::uint32_t>(static_cast<std::uint64_t>(payment.id.salt) >> 32);
  return facts;
}

std::string_view word_of(const routing::Facts& facts, Key key) {
  const auto at = std::ranges::find(facts.words, key, &std::pair<Key, std::string>::first);
  return at == facts.words.end() ? std::string_view() : at->second;
}

// Accounts that may take the payment, with what a program asks of each.
struct Candidates {
  Candidates(const RoutedPayment& routed, const RoutingMeans& means, const routing::Facts& facts,
             const Accounts& accounts) {
    const routing::Segment segment{routed.method, routing::network_number(word_of(facts, Key::card_network)),
                                   routed.payment.amount.currency};
    std::vector<std::int64_t> keys;
    for (const auto& account : accounts)
      keys.push_back(account->row.id.key);
    std::vector<routing::Estimate> estimates(accounts.size());
    if (means.estimates) estimates = means.estimates(keys, segment, facts.draw);
    check(estimates.size() == accounts.size(), "an account has no estimate");
    ids.reserve(accounts.size());
    const bool has_fees =
        std::ranges::any_of(accounts, [](const auto& account) { return !account->fees.empty(); });
    const std::string billing_country = has_fees ? billing_of(routed.details).address.country : std::string();
    const routing::FeeFacts priced{routed.payment.amount, routed.method, word_of(facts, Key::card_network),
                                   billing_country, routed.details.business_country};
    for (std::size_t index = 0; index < accounts.size(); ++index) {
      const std::optional<std::int32_t> cost_bps = routing::cost_bps(accounts[index]->fees, priced);
      standings.push_back({estimates[index], cost_bps.value_or(routing::kCostUnknown)});
      ids.push_back(to_text(accounts[index]->row.id));
      all.push_back({accounts[index]->row.connector, ids.back(), standings.back()});
    }
  }

  std::vector<std::string> ids;
  std::vector<routing::Standing> standings;
  std::vector<routing::Candidate> all;
};

// Which of a running canary and the rest a payment is of.
enum class Arm : std::uint8_t { none, rest, canary };

// What is written down of a decision.
struct Reason {
  std::string_view by;
  const RoutingAlgorithmId* id = nullptr;
  std::string_view rule;
  std::int32_t percent = 0;
  const routing::Standing* chosen = nullptr;  // null: nothing is known of it
  bool has_explored = false;
  std::size_t set_back_count = 0;
  Arm arm = Arm::none;
};

// A cost above this is told as this.
constexpr std::int32_t kCostToldMax = 99'999;

std::string serialise(const Reason& reason) {
  json::Writer out;
  out.begin_object().field("by", reason.by);
  if (reason.id) out.field("id", to_text(*reason.id));
  if (!reason.rule.empty()) out.field("rule", reason.rule);
  if (reason.percent > 0) out.field("share", reason.percent);
  if (reason.chosen) {
    out.field("rate", reason.chosen->estimate.rate_ppm);
    if (reason.chosen->cost_bps != routing::kCostUnknown)
      out.field("cost", std::min(reason.chosen->cost_bps, kCostToldMax));
  }
  if (reason.has_explored) out.field("explored", 1);
  if (reason.set_back_count > 0) out.field("set_back", static_cast<std::int64_t>(reason.set_back_count));
  if (reason.arm != Arm::none) out.field("canary", reason.arm == Arm::canary ? 1 : 0);
  out.end_object();
  std::string text = std::move(out).take();
  check(text.size() <= kRouteReasonMax, "a route's reason is too long");
  return text;
}

Reason reason_of(std::string_view by, const routing::CompiledProgram& program,
                 const routing::Ruling& ruling) {
  Reason reason{.by = by, .percent = ruling.percent, .has_explored = ruling.has_explored};
  if (ruling.rule != routing::Ruling::kDefault) reason.rule = program.rule_name(ruling.rule);
  return reason;
}

Route make_route(const Accounts& accounts, const Candidates& candidates, const RoutingMeans& means,
                 std::span<const std::size_t> order, std::string reason_json) {
  Route route;
  for (const std::size_t index : order) {
    route.accounts.push_back(accounts[index]);
    if (means.estimates) route.standings.push_back(candidates.standings[index]);
  }
  route.reason_json = std::move(reason_json);
  return route;
}

// The request's own algorithm was read when the request came.
Result<Route> route_as_wished(const RoutedPayment& routed, const RoutingMeans& means, const Takers& takers) {
  const Result<json::Document> document = json::parse(routed.details.routing_json, routing::kAlgorithmLimits);
  if (!document) return std::unexpected(document.error());
  const Result<routing::Algorithm> algorithm = routing::read_algorithm(document->root(), "routing");
  if (!algorithm) return std::unexpected(algorithm.error());
  const Result<routing::CompiledProgram> program =
      routing::compile_algorithm(*algorithm, "routing", std::nullopt);
  if (!program) return std::unexpected(program.error());
  const routing::Facts facts = facts_of(routed);
  const Candidates candidates(routed, means, facts, takers.able);
  const routing::Ruling ruling = program->decide(facts, candidates.all);
  if (!ruling.order.empty())
    return make_route(takers.able, candidates, means, ruling.order,
                      serialise(reason_of("request", *program, ruling)));
  const Candidates others(routed, means, facts, takers.held_up);
  return nobody(routed, !program->decide(facts, others.all).order.empty(), takers.lacking_field, "routing");
}

// The profile's algorithm, or the configuration's rules where there is none, orders those that it names; the
// others follow by default.
Reason arrange(const ActiveRouting* active, const RoutingMeans& means, const routing::Facts& facts,
               const Candidates& candidates, std::vector<std::size_t>& order) {
  Reason reason{.by = "default"};
  if (active) {
    routing::Ruling ruling = active->program.decide(facts, candidates.all);
    if (ruling.order.empty()) {
      reason.by = "fallback";
    } else {
      reason = reason_of(routing::to_string(active->kind), active->program, ruling);
      reason.id = &active->id;
    }
    order = std::move(ruling.order);
  } else if (means.rules) {
    routing::Ruling ruling = means.rules->decide(facts, candidates.all);
    if (ruling.rule != routing::Ruling::kDefault && !ruling.order.empty()) {
      reason = reason_of("rules", *means.rules, ruling);
      order = std::move(ruling.order);
    }
  }
  for (std::size_t index = 0; index < candidates.all.size(); ++index)
    if (std::ranges::find(order, index) == order.end()) order.push_back(index);
  return reason;
}

// 12 345 as "123.45".
std::string hundredths(std::int64_t number) {
  const std::string rest = std::to_string(number % 100);
  return std::to_string(number / 100) + (rest.size() == 1 ? ".0" : ".") + rest;
}

}  // namespace

Result<Route> route_payment(const RoutedPayment& routed, const RoutingMeans& means) {
  Takers takers = find_takers(routed);
  const bool is_wished = routed.only_account.empty() && !routed.details.routing_json.empty();
  if (is_wished) return route_as_wished(routed, means, takers);
  if (takers.able.empty()) return nobody(routed, !takers.held_up.empty(), takers.lacking_field, "connector");
  if (!routed.only_account.empty()) return Route{std::move(takers.able), {}, R"({"by":"request"})"};

  const bool has_no_choice =
      takers.able.size() == 1 && !routed.profile.routing && !routed.profile.canary && !means.rules;
  if (has_no_choice) return Route{std::move(takers.able), {}, ""};
  const routing::Facts facts = facts_of(routed);
  const Candidates candidates(routed, means, facts, takers.able);
  std::vector<std::size_t> order;
  const ActiveRouting* active = routed.profile.routing.get();
  Arm arm = Arm::none;
  if (const RoutingCanary* canary = routed.profile.canary.get()) {
    const bool is_its = routing::takes_canary(routed.payment.id.salt, canary->run, canary->percent);
    arm = is_its ? Arm::canary : Arm::rest;
    if (is_its) active = canary->routing.get();
  }
  Reason reason = arrange(active, means, facts, candidates, order);
  reason.arm = arm;
  const std::size_t first = order.front();
  reason.set_back_count = routing::set_back(candidates.standings, order, means.set_back_below_ppm);
  if (order.front() != first) {  // by another's share, or exploring, it did not become the first
    reason.percent = 0;
    reason.has_explored = false;
  }
  if (means.estimates) reason.chosen = &candidates.standings[order.front()];
  const bool says_nothing = reason.by == "default" && reason.set_back_count == 0 && arm == Arm::none;
  return make_route(takers.able, candidates, means, order, says_nothing ? "" : serialise(reason));
}

std::string past_unreachable(std::string reason_json, std::size_t count) {
  if (count == 0) return reason_json;
  const std::string past = R"("past":)" + std::to_string(count) + "}";
  if (reason_json.empty()) return R"({"by":"default",)" + past;
  if (reason_json.size() + past.size() > kRouteReasonMax) return reason_json;
  reason_json.back() = ',';
  return reason_json + past;
}

std::string route_in_words(std::string_view reason_json) {
  if (reason_json.empty()) return {};
  const Result<json::Document> document = json::parse(reason_json);
  if (!document) return {};
  const json::Value reason = document->root();
  const std::string_view by = reason["by"].text();
  std::string words = "routing algorithm " + std::string(reason["id"].text());
  if (by == "request") words = "the request asked for this connector";
  if (by == "fallback") words = "no connector of the routing algorithm can take this payment";
  if (by == "rules") words = "the configuration";
  if (by == "default") words = "the default order of connectors";
  if (reason["canary"].integer() == 1) words += " on trial";
  if (reason["rule"].present())
    words += ", rule \"" + std::string(reason["rule"].text()) + "\"";
  else if (by == "advanced")
    words += ", its default: no rule holds";
  if (reason["share"].integer() > 0)
    words += ", drawn for a share of " + std::to_string(reason["share"].integer()) + " per cent";
  if (reason["rate"].present())
    words += ", expected to approve " + hundredths(reason["rate"].integer() / 100) + " per cent";
  if (reason["cost"].present())
    words += ", at a cost of " + hundredths(reason["cost"].integer()) + " per cent";
  if (reason["explored"].present()) words += ", tried to learn how it does";
  if (const std::int64_t count = reason["set_back"].integer(); count > 0)
    words += ", before " + std::to_string(count) + (count == 1 ? " that fails" : " that fail") + " too often";
  if (const std::int64_t count = reason["past"].integer(); count > 0)
    words += ", past " + std::to_string(count) + " that cannot be reached";
  return words;
}

}  // namespace payweir::flows
