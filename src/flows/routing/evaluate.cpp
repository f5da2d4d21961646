#include "flows/routing/evaluate.hpp"

#include <algorithm>

#include "base/json_reader.hpp"
#include "flows/accounts/access.hpp"
#include "flows/routing/routing_means.hpp"

namespace payweir::flows {
namespace {

// Of one of our own ids, what routing draws by; of another, something that it alone decides (FNV-1a).
std::int64_t salt_of(std::string_view payment_id) {
  if (const Result<PaymentId> id = parse_id<PaymentTag>(payment_id)) return id->salt;
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : payment_id)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  return static_cast<std::int64_t>(hash);
}

void keep_only(const std::vector<routing::Choice>& among, ProfileEntry& profile) {
  if (among.empty()) return;
  std::erase_if(profile.by_default, [&](const auto& account) {
    return std::ranges::none_of(among, [&](const routing::Choice& choice) {
      return choice.connector == account->row.connector &&
             (choice.merchant_connector_id.empty() ||
              choice.merchant_connector_id == to_text(account->row.id));
    });
  });
}

std::string decided_by(std::string_view reason_json) {
  const Result<json::Document> reason = json::parse(reason_json);
  return reason ? std::string(reason->root()["by"].text()) : "default";
}

}  // namespace

Task<Result<RoutingVerdict>> evaluate_routing(Context& context, Principal principal,
                                              EvaluateRouting command) {
  auto merchant = co_await reach_own_merchant(context, std::move(principal));
  if (!merchant) co_return fail(std::move(merchant.error()));
  auto found = command.profile_id.empty() ? reach_default_profile(**merchant)
                                          : reach_profile(**merchant, command.profile_id);
  if (!found) co_return fail(std::move(found.error()));
  ProfileEntry profile = **found;
  keep_only(command.among, profile);
  Payment payment;
  payment.id.salt = salt_of(command.payment_id);
  payment.amount = command.amount;
  payment.capture_method = command.capture_method;
  payment.authentication_type = command.authentication_type;
  const Card card{Secret(command.first_digits), Secret(), 0, 0, ""};
  RoutingMeans means = routing_means(context);
  if (!command.sets_back) means.set_back_below_ppm = 0;
  const Card* known = command.first_digits.empty() ? nullptr : &card;
  const Result<Route> route =
      route_payment({profile, payment, command.details, command.method, known}, means);
  if (!route) co_return fail(route.error());
  RoutingVerdict verdict;
  for (const auto& account : route->accounts)
    verdict.accounts.push_back({account->row.connector, to_text(account->row.id)});
  verdict.standings = route->standings;
  verdict.by = decided_by(route->reason_json);
  verdict.explanation = route_in_words(route->reason_json);
  if (verdict.explanation.empty()) verdict.explanation = "the default order of connectors";
  co_return verdict;
}

}  // namespace payweir::flows
