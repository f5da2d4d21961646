#include "routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "base/id.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "flows/routing/route_payment.hpp"

namespace payweir::sim {
namespace {

using About = RoutingPlan::About;

constexpr std::int64_t kLargeAmount = 1'000;

bool is_about(About about, const Payment& payment, const flows::PaymentDetails& details) {
  switch (about) {
    case About::large_amounts: return payment.amount.minor > kLargeAmount;
    case About::euros_and_yen:
      return payment.amount.currency.code() == "EUR" || payment.amount.currency.code() == "JPY";
    case About::mastercards: return details.card.network == "mastercard";
    case About::held_money: return payment.capture_method == CaptureMethod::manual;
  }
  return false;
}

std::string_view condition_of(About about) {
  switch (about) {
    case About::large_amounts:
      return R"({"lhs":"amount","comparison":"greater_than","value":{"type":"number","value":1000},"metadata":{}})";
    case About::euros_and_yen:
      return R"({"lhs":"currency","comparison":"equal","value":{"type":"enum_variant_array","value":["EUR","JPY"]},"metadata":{}})";
    case About::mastercards:
      return R"({"lhs":"card_network","comparison":"equal","value":{"type":"enum_variant","value":"Mastercard"},"metadata":{}})";
    case About::held_money:
      return R"({"lhs":"capture_method","comparison":"equal","value":{"type":"enum_variant","value":"manual"},"metadata":{}})";
  }
  return "";
}

// The first account of each connector, or the second; both, one before the other; or any of a connector.
Pick draw_order(Chance& chance, std::span<const RoutedAccount> accounts) {
  const std::size_t half = accounts.size() / 2;
  const std::uint64_t mood = chance.below(5);
  Pick pick;
  const auto add_side = [&](std::size_t side) {
    for (std::size_t i = 0; i < half; ++i)
      pick.choices.push_back({accounts[side * half + i].connector, accounts[side * half + i].id});
  };
  if (mood == 4) {
    for (std::size_t i = 0; i < half; ++i)
      pick.choices.push_back({accounts[i].connector, ""});
    return pick;
  }
  add_side(mood % 2);
  if (mood >= 2) add_side(1 - mood % 2);
  return pick;
}

// Of the two accounts at Stripe; all others come after them.
Pick draw_split(Chance& chance, std::span<const RoutedAccount> accounts) {
  static constexpr int kShares[] = {50, 90, 5, 100};
  const int first = chance.one_of(std::span<const int>(kShares));
  const std::size_t half = accounts.size() / 2;
  Pick pick{.how = Pick::How::split, .choices = {}};
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const int percent = i == 0 ? first : i == half ? 100 - first : 0;
    pick.choices.push_back({accounts[i].connector, accounts[i].id, percent});
  }
  return pick;
}

// Of one side's accounts, or of all.
Pick draw_best(Chance& chance, std::span<const RoutedAccount> accounts) {
  Pick pick{.how = Pick::How::best, .explores = chance.percent(50), .choices = {}};
  const std::size_t half = accounts.size() / 2;
  const std::size_t count = chance.percent(75) ? accounts.size() : half;
  for (std::size_t i = 0; i < count; ++i)
    pick.choices.push_back({accounts[i].connector, accounts[i].id});
  return pick;
}

Pick draw_pick(Chance& chance, std::span<const RoutedAccount> accounts) {
  const std::uint64_t mood = chance.below(8);
  if (mood < 2) return draw_split(chance, accounts);
  return mood < 4 ? draw_best(chance, accounts) : draw_order(chance, accounts);
}

void write_choice(json::Writer& out, const Pick::Choice& choice) {
  out.begin_object().field("connector", choice.connector);
  if (!choice.account_id.empty()) out.field("merchant_connector_id", choice.account_id);
  out.end_object();
}

void write_choices(json::Writer& out, const Pick& pick) {
  out.begin_array();
  for (const Pick::Choice& choice : pick.choices) {
    if (pick.how != Pick::How::split) {
      write_choice(out, choice);
      continue;
    }
    out.begin_object().key("connector");
    write_choice(out, choice);
    out.field("split", choice.percent).end_object();
  }
  out.end_array();
}

void write_data(json::Writer& out, const Pick& pick) {
  if (pick.how != Pick::How::best) return write_choices(out, pick);
  out.begin_object().key("accounts");
  write_choices(out, pick);
  out.field("explore", pick.explores).end_object();
}

void write_selection(json::Writer& out, const Pick& pick) {
  static constexpr std::array<std::string_view, 3> kTypes = {"priority", "volume_split", "dynamic"};
  out.begin_object().field("type", kTypes[static_cast<std::size_t>(pick.how)]).key("data");
  write_data(out, pick);
  out.end_object();
}

void write_rules(json::Writer& out, const RoutingPlan& plan) {
  out.begin_object().key("defaultSelection");
  write_selection(out, plan.otherwise);
  out.key("rules").begin_array();
  for (const RoutingPlan::Rule& rule : plan.rules) {
    out.begin_object().field("name", name_of(rule.about)).key("connectorSelection");
    write_selection(out, rule.pick);
    out.key("statements").begin_array().begin_object().key("condition").begin_array();
    out.raw(condition_of(rule.about)).end_array().end_object().end_array().end_object();
  }
  out.end_array().key("metadata").begin_object().end_object().end_object();
}

}  // namespace

std::string_view name_of(About about) {
  static constexpr std::array<std::string_view, 4> kNames = {"large amounts", "euros and yen", "mastercards",
                                                             "held money"};
  return kNames[static_cast<std::size_t>(about)];
}

RoutingPlan draw_plan(Chance& chance, std::span<const RoutedAccount> accounts) {
  static constexpr std::string_view kKinds[] = {"single",  "priority", "volume_split",
                                                "dynamic", "advanced", "advanced"};
  RoutingPlan plan;
  plan.kind = chance.one_of(std::span<const std::string_view>(kKinds));
  if (plan.kind == "volume_split") {
    plan.otherwise = draw_split(chance, accounts);
    return plan;
  }
  if (plan.kind == "dynamic") {
    plan.otherwise = draw_best(chance, accounts);
    return plan;
  }
  plan.otherwise = draw_order(chance, accounts);
  if (plan.kind == "single") plan.otherwise.choices.resize(1);
  if (plan.kind != "advanced") return plan;
  for (const About about :
       {About::held_money, About::mastercards, About::large_amounts, About::euros_and_yen})
    if (chance.percent(50)) plan.rules.push_back({about, draw_pick(chance, accounts)});
  return plan;
}

std::string to_json(const RoutingPlan& plan) {
  json::Writer out;
  out.begin_object().field("type", plan.kind).key("data");
  if (plan.kind == "advanced")
    write_rules(out, plan);
  else if (plan.kind == "single")
    write_choice(out, plan.otherwise.choices.front());
  else
    write_data(out, plan.otherwise);
  out.end_object();
  return std::move(out).take();
}

std::vector<RoutedAccount> Routes::accounts_of(std::size_t merchant) const {
  std::vector<RoutedAccount> found;
  for (const RoutedAccount& account : accounts_)
    if (account.merchant == merchant) found.push_back(account);
  return found;
}

const RoutedAccount* Routes::find(std::int64_t account_key) const {
  const auto found = std::ranges::find(accounts_, account_key, &RoutedAccount::key);
  return found == accounts_.end() ? nullptr : &*found;
}

void Routes::add_plan(const std::string& algorithm_id, RoutingPlan plan) {
  const Result<RoutingAlgorithmId> id = parse_id<RoutingAlgorithmTag>(algorithm_id);
  check(id.has_value(), "an algorithm has an id");
  plans_.insert_or_assign(id->key, std::pair(algorithm_id, std::move(plan)));
}

void Routes::note_commit(const std::map<std::int64_t, std::int64_t>& active,
                         const std::vector<std::int64_t>& disabled,
                         const std::vector<std::int64_t>& left_alone) {
  ++commits_;
  for (const auto& [profile, algorithm] : active)
    if (!periods_.contains(profile)) periods_[profile].push_back({0, UINT64_MAX});
  for (auto& [profile, periods] : periods_) {
    const auto found = active.find(profile);
    const std::int64_t algorithm = found == active.end() ? 0 : found->second;
    if (periods.back().algorithm == algorithm) continue;
    periods.back().until = commits_;
    periods.push_back({algorithm, UINT64_MAX});
    ++changes_;
  }
  note(switches_, disabled);
  note(left_alone_, left_alone);
}

void Routes::note(std::map<std::int64_t, Switch>& switches, const std::vector<std::int64_t>& off) {
  for (const RoutedAccount& account : accounts_) {
    const bool is_off = std::ranges::find(off, account.key) != off.end();
    Switch& known = switches[account.key];
    if (known.is_off != is_off) known = {is_off, commits_};
  }
}

bool Routes::was_in_force(std::int64_t profile_key, std::int64_t algorithm) const {
  const auto found = periods_.find(profile_key);
  if (found == periods_.end()) return algorithm == 0;
  return std::ranges::any_of(found->second, [&](const Period& period) {
    return period.algorithm == algorithm &&
           (period.until == UINT64_MAX || period.until + kLagMax >= commits_);
  });
}

bool Routes::may_have_been_on(std::int64_t account_key) const {
  const auto found = switches_.find(account_key);
  return found == switches_.end() || !found->second.is_off || found->second.changed_at + kLagMax >= commits_;
}

bool Routes::may_have_been_off(std::int64_t account_key) const {
  const auto found = left_alone_.find(account_key);
  if (found == left_alone_.end()) return false;
  const bool changed_lately = found->second.changed_at > 0 && found->second.changed_at + kLagMax >= commits_;
  return found->second.is_off || changed_lately;
}

std::vector<const RoutedAccount*> Routes::expand(const Pick& pick, const RoutedAccount& like) const {
  std::vector<const RoutedAccount*> found;
  for (const Pick::Choice& choice : pick.choices)
    for (const RoutedAccount& account : accounts_) {
      const bool is_meant = account.merchant == like.merchant && account.connector == like.connector &&
                            choice.connector == account.connector &&
                            (choice.account_id.empty() || choice.account_id == account.id);
      if (is_meant && std::ranges::find(found, &account) == found.end()) found.push_back(&account);
    }
  return found;
}

// `share`: the one that was drawn, in per cent; 0: it went by the order.
std::string Routes::judge_pick(const Pick& pick, std::int64_t share, const RoutedAccount& account) const {
  const std::vector<const RoutedAccount*> named = expand(pick, account);
  const auto place = std::ranges::find(named, &account);
  // When their breakers have every account of the algorithm passed over, the others follow.
  if (place == named.end())
    return std::ranges::all_of(named, [&](const auto* each) { return may_have_been_off(each->key); })
               ? ""
               : "the algorithm does not name its account";
  if (pick.how == Pick::How::best) return share == 0 ? "" : "what does best has no shares";
  if (pick.how == Pick::How::split) {
    const auto chosen = std::ranges::find(pick.choices, account.id, &Pick::Choice::account_id);
    const bool is_passed_over = std::ranges::any_of(
        named, [&](const auto* each) { return each != &account && may_have_been_off(each->key); });
    if (share > 0 && chosen->percent != share && !is_passed_over) return "another account has that share";
    if (share == 0 && chosen->percent > 0 &&
        std::ranges::none_of(named, [&](const auto* each) { return may_have_been_off(each->key); }))
      return "an account of a share was not drawn for it";
    return "";
  }
  if (share != 0) return "an order has no shares";
  for (auto earlier = named.begin(); earlier != place; ++earlier)
    if (!may_have_been_off((*earlier)->key)) return "an account before it could have taken the payment";
  return "";
}

std::string Routes::judge(const Payment& payment, const flows::PaymentDetails& details,
                          const Attempt& attempt) {
  const RoutedAccount* account = find(attempt.connector_account_key);
  if (account == nullptr) return "it went to an account that nobody made";
  if (!may_have_been_on(account->key)) return "it went to an account that is switched off";
  const std::string& reason_json = details.routed_by_json;
  if (reason_json.size() > flows::kRouteReasonMax) return "its reason is too long";
  const auto judge_undecided = [&]() -> std::string {
    ++seen_["no algorithm decided"];
    if (!was_in_force(payment.profile_key, 0)) return "an algorithm was active, and did not decide";
    return "";
  };
  if (reason_json.empty()) return judge_undecided();
  const auto document = json::parse(reason_json);
  if (!document) return "its reason is no JSON";
  const json::Value reason = document->root();
  const std::string by(reason["by"].text());
  const bool was_set_back = reason["set_back"].integer() > 0;
  if (was_set_back) ++seen_["accounts that fail too often went behind"];
  const bool was_passed = reason["past"].integer() > 0;
  const bool has_explored = reason["explored"].integer() > 0;
  if (has_explored) ++seen_["an account was tried to learn how it does"];
  if (by == "default") return was_set_back || was_passed ? judge_undecided() : "its reason says nothing";
  ++seen_[fmt::format("{} decided", by)];
  if (by == "fallback") {
    // Of some algorithm: every account that it names for this connector was switched off.
    const bool has_cause = std::ranges::any_of(periods_[payment.profile_key], [&](const Period& period) {
      const auto plan = plans_.find(period.algorithm);
      if (plan == plans_.end() || !was_in_force(payment.profile_key, period.algorithm)) return false;
      const auto all_off = [&](const Pick& pick) {
        return std::ranges::all_of(expand(pick, *account),
                                   [&](const auto* each) { return may_have_been_off(each->key); });
      };
      return all_off(plan->second.second.otherwise) ||
             std::ranges::any_of(plan->second.second.rules,
                                 [&](const auto& rule) { return all_off(rule.pick); });
    });
    return has_cause ? "" : "it fell back, and the algorithm names an account that is there";
  }
  const Result<RoutingAlgorithmId> id = parse_id<RoutingAlgorithmTag>(reason["id"].text());
  if (!id) return "its reason names no algorithm";
  if (!was_in_force(payment.profile_key, id->key)) return "it was sent by an algorithm that was not in force";
  const auto known = plans_.find(id->key);
  if (known == plans_.end() || known->second.first != reason["id"].text())
    return "it was sent by an algorithm that nobody made";
  const RoutingPlan& plan = known->second.second;
  if (plan.kind != by) return "its reason names another kind of algorithm";
  const auto rule = std::ranges::find_if(
      plan.rules, [&](const RoutingPlan::Rule& each) { return is_about(each.about, payment, details); });
  const std::string_view wanted = rule == plan.rules.end() ? "" : name_of(rule->about);
  if (reason["rule"].text() != wanted)
    return fmt::format("its reason names another rule than \"{}\", which decides about {} {} by {}", wanted,
                       payment.amount.minor, payment.amount.currency.code(), details.card.network);
  const Pick& pick = rule == plan.rules.end() ? plan.otherwise : rule->pick;
  if (has_explored && !pick.explores) return "it was tried to learn, and nobody wanted that";
  // What went behind may be any of those that the algorithm names, and then it is another's turn.
  if (was_set_back) return "";
  return judge_pick(pick, reason["share"].integer(), *account);
}

}  // namespace payweir::sim
