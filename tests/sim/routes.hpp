#pragma once
// Routes: what people have set up for routing, and whether payments went where that says. It knows each
// algorithm as it was drawn, not as the switch reads it, and which one was in force from the rows of each
// commit.
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chance.hpp"
#include "domain/payment.hpp"
#include "flows/payment_details.hpp"

namespace payweir::sim {

struct RoutedAccount {
  std::int64_t key = 0;
  std::string id;              // "mca_…"
  std::string connector;       // "stripe"
  std::string at_the_gateway;  // "acct_…", an app_id or an mchid
  std::size_t merchant = 0;
};

// An order of accounts, shares of them, or whichever of them does best.
struct Pick {
  enum class How : std::uint8_t { order, split, best };
  struct Choice {
    std::string connector;
    std::string account_id;  // "": any of the connector, the oldest first
    int percent = 0;
  };
  How how = How::order;
  bool explores = false;  // How::best
  std::vector<Choice> choices;
};

struct RoutingPlan {
  // What a rule is about: an amount above 1000 minor units, euros or yen, a Mastercard, money that is held.
  enum class About : std::uint8_t { large_amounts, euros_and_yen, mastercards, held_money };
  struct Rule {
    About about = About::large_amounts;
    Pick pick;
  };
  std::string kind;  // "single", "priority", "volume_split", "advanced", "dynamic"
  std::vector<Rule> rules;
  Pick otherwise;
};

// Over these accounts of one merchant, oldest first: two of each connector.
[[nodiscard]] RoutingPlan draw_plan(Chance& chance, std::span<const RoutedAccount> accounts);
// As POST /routing takes it.
[[nodiscard]] std::string to_json(const RoutingPlan& plan);
[[nodiscard]] std::string_view name_of(RoutingPlan::About about);

class Routes {
 public:
  void add_account(RoutedAccount account) { accounts_.push_back(std::move(account)); }
  [[nodiscard]] std::vector<RoutedAccount> accounts_of(std::size_t merchant) const;
  [[nodiscard]] const RoutedAccount* find(std::int64_t account_key) const;

  // The switch has stored this one under that id.
  void add_plan(const std::string& algorithm_id, RoutingPlan plan);

  // What is in force after this commit: the active algorithms, by profile, the accounts that are switched
  // off, and with them those that a breaker leaves alone.
  void note_commit(const std::map<std::int64_t, std::int64_t>& active,
                   const std::vector<std::int64_t>& disabled, const std::vector<std::int64_t>& left_alone);
  // How often something of that changed.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

  // An attempt that is stored since this commit, the first of its payment's confirm: what is wrong with the
  // account that it went to, or with the reason given. "" when nothing is.
  [[nodiscard]] std::string judge(const Payment& payment, const flows::PaymentDetails& details,
                                  const Attempt& attempt);
  // By what payments were routed, and how often: "a priority decided".
  [[nodiscard]] const std::map<std::string, std::uint64_t>& seen() const { return seen_; }
  void saw(std::string what) { ++seen_[std::move(what)]; }

 private:
  // A decision was made of what was in force so many commits ago at most: between what a flow reads and what
  // it records lie a few awaits.
  static constexpr std::uint64_t kLagMax = 64;
  struct Period {
    std::int64_t algorithm = 0;  // key; 0: none was active
    std::uint64_t until = UINT64_MAX;
  };
  struct Switch {
    bool is_off = false;
    std::uint64_t changed_at = 0;
  };
  [[nodiscard]] bool was_in_force(std::int64_t profile_key, std::int64_t algorithm) const;
  void note(std::map<std::int64_t, Switch>& switches, const std::vector<std::int64_t>& off);
  [[nodiscard]] bool may_have_been_on(std::int64_t account_key) const;
  [[nodiscard]] bool may_have_been_off(std::int64_t account_key) const;
  // The accounts that a pick leads to, best first, of one connector.
  [[nodiscard]] std::vector<const RoutedAccount*> expand(const Pick& pick, const RoutedAccount& like) const;
  [[nodiscard]] std::string judge_pick(const Pick& pick, std::int64_t share,
                                       const RoutedAccount& account) const;

  std::vector<RoutedAccount> accounts_;
  std::map<std::int64_t, std::pair<std::string, RoutingPlan>> plans_;  // by key, with the whole id
  std::map<std::int64_t, std::vector<Period>> periods_;                // by profile, the last is now
  std::map<std::int64_t, Switch> switches_;                            // who is switched off
  std::map<std::int64_t, Switch> left_alone_;                          // or left alone
  std::uint64_t commits_ = 0, changes_ = 0;
  std::map<std::string, std::uint64_t> seen_;
};

}  // namespace payweir::sim
