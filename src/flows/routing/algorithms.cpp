#include "flows/routing/algorithms.hpp"

#include <algorithm>

#include "domain/routing/algorithm_json.hpp"
#include "domain/routing/compiled_program.hpp"
#include "flows/accounts/access.hpp"
#include "flows/accounts/change.hpp"
#include "flows/routing/canaries.hpp"
#include "flows/routing/defaults.hpp"
#include "store/queries/routing_queries.hpp"

namespace payweir::flows {
namespace {

using store::RoutingAlgorithmRow;

std::unexpected<Error> no_such_algorithm() {
  return fail(Code::not_found, "routing_algorithm_id", "Routing algorithm does not exist in our records");
}

RoutingAlgorithmView view_of(const MerchantEntry& merchant, RoutingAlgorithmRow row) {
  RoutingAlgorithmView view;
  if (const auto profile = merchant.find_profile(row.profile_key)) view.profile_id = to_text(profile->row.id);
  if (const Result<json::Document> document = json::parse(row.algorithm, routing::kAlgorithmLimits))
    view.kind = document->root()["type"].text();
  view.row = std::move(row);
  return view;
}

Task<Result<RoutingAlgorithmRow>> find_algorithm(Context& context, std::int64_t merchant_no,
                                                 std::string algorithm_id) {
  const Result<RoutingAlgorithmId> id = parse_id<RoutingAlgorithmTag>(algorithm_id);
  if (!id) co_return no_such_algorithm();
  Result<std::optional<RoutingAlgorithmRow>> row =
      co_await store::find_routing_algorithm(context.store, merchant_no, id->key);
  if (!row) co_return fail(std::move(row.error()));
  if (!*row || (*row)->id != *id) co_return no_such_algorithm();
  co_return std::move(**row);
}

Task<Result<std::vector<RoutingAlgorithmRow>>> active_of(Context& context, std::int64_t merchant_no,
                                                         std::int64_t profile_key) {
  Result<std::vector<RoutingAlgorithmRow>> rows =
      co_await store::list_active_routing_algorithms(context.store, merchant_no);
  if (rows && profile_key != 0)
    std::erase_if(*rows, [&](const RoutingAlgorithmRow& row) { return row.profile_key != profile_key; });
  co_return rows;
}

// Whether payments can be routed by it, as the profile's accounts are now.
Result<void> check_algorithm(const ProfileEntry& profile, const std::string& algorithm_json) {
  const Result<json::Document> document = json::parse(algorithm_json, routing::kAlgorithmLimits);
  if (!document) return std::unexpected(document.error());
  const Result<routing::Algorithm> algorithm = routing::read_algorithm(document->root(), "algorithm");
  if (!algorithm) return std::unexpected(algorithm.error());
  const std::vector<routing::Choice> accounts = default_choices(profile);
  const Result<routing::CompiledProgram> compiled =
      routing::compile_algorithm(*algorithm, "algorithm", accounts);
  if (!compiled) return std::unexpected(compiled.error());
  return {};
}

Task<Result<Answer>> create_once(Context& context, Principal principal, Key key,
                                 CreateRoutingAlgorithm command, const AccountRendering& rendering) {
  auto merchant = co_await reach_own_merchant(context, std::move(principal));
  if (!merchant) co_return fail(std::move(merchant.error()));
  auto profile = reach_profile(**merchant, command.profile_id);
  if (!profile) co_return fail(std::move(profile.error()));
  if (Result<void> good = check_algorithm(**profile, command.algorithm_json); !good)
    co_return fail(std::move(good.error()));
  const Result<std::int64_t> count =
      co_await store::count_routing_algorithms(context.store, (*merchant)->row.id.key);
  if (!count) co_return fail(count.error());
  if (Result<void> room = check_room(static_cast<std::size_t>(*count), "algorithm"); !room)
    co_return fail(std::move(room.error()));
  RoutingAlgorithmRow row;
  row.id = context.new_id<RoutingAlgorithmTag>();
  row.merchant_no = (*merchant)->row.id.key;
  row.profile_key = (*profile)->row.id.key;
  row.name = std::move(command.name);
  row.description = std::move(command.description);
  row.algorithm = std::move(command.algorithm_json);
  row.created_at = row.modified_at = context.clock.wall();
  AccountChange change = begin_change(context, std::move(key), row.id.key);
  change.rows.insert(row);
  Answer answer;
  answer.body = rendering.routing_algorithm(view_of(**merchant, std::move(row)));
  auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                          AnswerContent::ordinary, "routing_algorithm_id");
  if (!committed) co_return fail(std::move(committed.error()));
  if (!*committed) co_return too_many_writers();
  co_return std::move(**committed);
}

// Of one profile, the rows that change: `wanted` becomes the active one or the canary. Nothing else stays
// active, but for a trial; no other canary does.
std::vector<RoutingAlgorithmRow> change_rows(std::optional<RoutingAlgorithmRow> wanted,
                                             const std::optional<routing::CanaryTerms>& trial,
                                             std::vector<RoutingAlgorithmRow> running, Instant now) {
  std::vector<RoutingAlgorithmRow> changed;
  for (RoutingAlgorithmRow& row : running) {
    if (wanted && row.id == wanted->id) continue;
    if (row.canary_percent > 0) {
      end_canary(row, "ended", wanted ? "another algorithm was activated" : "", now);
    } else if (!trial) {
      row.active = false;
      row.modified_at = now;
      ++row.version;
    } else {
      continue;
    }
    changed.push_back(std::move(row));
  }
  if (!wanted) return changed;
  if (trial) {
    wanted->canary = CanaryRecord{*trial, "running", ""}.serialise();
    wanted->canary_percent = trial->percent;
    wanted->modified_at = now;
    ++wanted->version;
  } else {
    wanted->active = true;
    if (wanted->canary_percent > 0) {
      end_canary(*wanted, "promoted", "", now);
    } else {
      wanted->modified_at = now;
      ++wanted->version;
    }
  }
  changed.push_back(std::move(*wanted));
  return changed;
}

// The last of them is shown.
Task<Result<std::optional<Answer>>> store_rows(Context& context, Key key, const MerchantEntry& merchant,
                                               std::vector<RoutingAlgorithmRow> rows,
                                               const AccountRendering& rendering) {
  AccountChange change = begin_change(context, std::move(key), rows.back().id.key);
  for (const RoutingAlgorithmRow& row : rows)
    change.rows.update(row);
  Answer answer;
  answer.body = rendering.routing_algorithm(view_of(merchant, std::move(rows.back())));
  auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                          AnswerContent::ordinary, "routing_algorithm_id");
  co_return committed;
}

Task<Result<Answer>> activate_once(Context& context, Principal principal, Key key, std::string algorithm_id,
                                   std::optional<routing::CanaryTerms> trial,
                                   const AccountRendering& rendering) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    auto merchant = co_await reach_own_merchant(context, principal);
    if (!merchant) co_return fail(std::move(merchant.error()));
    Result<RoutingAlgorithmRow> wanted =
        co_await find_algorithm(context, (*merchant)->row.id.key, algorithm_id);
    if (!wanted) co_return fail(std::move(wanted.error()));
    if (wanted->active) co_return fail(Code::illegal_transition, "status", "Algorithm is already active");
    if (trial && wanted->canary_percent > 0)
      co_return fail(Code::illegal_transition, "status", "Algorithm is already a canary");
    const auto profile = (*merchant)->find_profile(wanted->profile_key);
    if (!profile) co_return fail(Code::not_found, "profile_id", "the business profile was deleted");
    // Accounts may have gone since it was stored.
    if (Result<void> good = check_algorithm(*profile, wanted->algorithm); !good)
      co_return fail(std::move(good.error()));
    Result<std::vector<RoutingAlgorithmRow>> running =
        co_await active_of(context, (*merchant)->row.id.key, wanted->profile_key);
    if (!running) co_return fail(std::move(running.error()));
    std::optional<RoutingAlgorithmRow> to = std::move(*wanted);
    std::vector<RoutingAlgorithmRow> rows =
        change_rows(std::move(to), trial, std::move(*running), context.clock.wall());
    auto committed = co_await store_rows(context, key, **merchant, std::move(rows), rendering);
    // Another one was activated meanwhile, where there was none.
    if (!committed && committed.error().code == Code::duplicate_resource) continue;
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return std::move(**committed);
  }
  co_return too_many_writers();
}

Task<Result<Answer>> deactivate_once(Context& context, Principal principal, Key key, std::string profile_id,
                                     const AccountRendering& rendering) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    auto merchant = co_await reach_own_merchant(context, principal);
    if (!merchant) co_return fail(std::move(merchant.error()));
    auto profile = reach_profile(**merchant, profile_id);
    if (!profile) co_return fail(std::move(profile.error()));
    Result<std::vector<RoutingAlgorithmRow>> running =
        co_await active_of(context, (*merchant)->row.id.key, (*profile)->row.id.key);
    if (!running) co_return fail(std::move(running.error()));
    if (running->empty()) co_return fail(Code::illegal_transition, "status", "Algorithm is already inactive");
    // The active one is shown, if there is one.
    std::ranges::sort(*running, {}, &RoutingAlgorithmRow::active);
    std::vector<RoutingAlgorithmRow> rows =
        change_rows(std::nullopt, std::nullopt, std::move(*running), context.clock.wall());
    auto committed = co_await store_rows(context, key, **merchant, std::move(rows), rendering);
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return std::move(**committed);
  }
  co_return too_many_writers();
}

std::vector<RoutingAlgorithmView> views_of(const MerchantEntry& merchant,
                                           std::vector<RoutingAlgorithmRow> rows) {
  std::vector<RoutingAlgorithmView> views;
  for (RoutingAlgorithmRow& row : rows)
    views.push_back(view_of(merchant, std::move(row)));
  return views;
}

}  // namespace

Task<Result<Answer>> create_routing_algorithm(Context& context, Principal principal, Key key,
                                              CreateRoutingAlgorithm command,
                                              const AccountRendering& rendering) {
  auto attempt = create_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<Answer>> activate_routing_algorithm(Context& context, Principal principal, Key key,
                                                std::string algorithm_id,
                                                std::optional<routing::CanaryTerms> trial,
                                                const AccountRendering& rendering) {
  auto attempt = activate_once(context, std::move(principal), key, std::move(algorithm_id), trial, rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<Answer>> deactivate_routing_algorithm(Context& context, Principal principal, Key key,
                                                  std::string profile_id, const AccountRendering& rendering) {
  auto attempt = deactivate_once(context, std::move(principal), key, std::move(profile_id), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<RoutingAlgorithmView>> retrieve_routing_algorithm(Context& context, Principal principal,
                                                              std::string algorithm_id) {
  auto merchant = co_await reach_own_merchant(context, std::move(principal));
  if (!merchant) co_return fail(std::move(merchant.error()));
  Result<RoutingAlgorithmRow> row =
      co_await find_algorithm(context, (*merchant)->row.id.key, std::move(algorithm_id));
  if (!row) co_return fail(std::move(row.error()));
  co_return view_of(**merchant, std::move(*row));
}

Task<Result<std::vector<RoutingAlgorithmView>>> list_routing_algorithms(Context& context, Principal principal,
                                                                        std::string profile_id,
                                                                        std::size_t limit,
                                                                        std::size_t offset) {
  auto merchant = co_await reach_own_merchant(context, std::move(principal));
  if (!merchant) co_return fail(std::move(merchant.error()));
  std::int64_t profile_key = 0;
  if (!profile_id.empty()) {
    auto profile = reach_profile(**merchant, profile_id);
    if (!profile) co_return fail(std::move(profile.error()));
    profile_key = (*profile)->row.id.key;
  }
  Result<std::vector<RoutingAlgorithmRow>> rows = co_await store::list_routing_algorithms(
      context.store, (*merchant)->row.id.key, profile_key, limit, offset);
  if (!rows) co_return fail(std::move(rows.error()));
  co_return views_of(**merchant, std::move(*rows));
}

Task<Result<std::vector<RoutingAlgorithmView>>> list_active_routing_algorithms(Context& context,
                                                                               Principal principal,
                                                                               std::string profile_id) {
  auto merchant = co_await reach_own_merchant(context, std::move(principal));
  if (!merchant) co_return fail(std::move(merchant.error()));
  std::int64_t profile_key = 0;
  if (!profile_id.empty()) {
    auto profile = reach_profile(**merchant, profile_id);
    if (!profile) co_return fail(std::move(profile.error()));
    profile_key = (*profile)->row.id.key;
  }
  Result<std::vector<RoutingAlgorithmRow>> rows =
      co_await active_of(context, (*merchant)->row.id.key, profile_key);
  if (!rows) co_return fail(std::move(rows.error()));
  co_return views_of(**merchant, std::move(*rows));
}

}  // namespace payweir::flows
