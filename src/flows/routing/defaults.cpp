#include "flows/routing/defaults.hpp"

#include <algorithm>

#include "flows/accounts/access.hpp"
#include "flows/accounts/change.hpp"

namespace payweir::flows {
namespace {

DefaultRoutingView view_of(const ProfileEntry& profile) {
  return {to_text(profile.row.id), default_choices(profile)};
}

Result<std::shared_ptr<const ProfileEntry>> find_profile(const MerchantEntry& merchant,
                                                         const std::string& profile_id) {
  return profile_id.empty() ? reach_default_profile(merchant) : reach_profile(merchant, profile_id);
}

// What one list has and the other has not, or has more often.
void add_missing(const std::vector<routing::Choice>& from, std::vector<routing::Choice> in,
                 std::string& missing) {
  for (const routing::Choice& choice : from) {
    const auto found = std::ranges::find(in, choice);
    if (found != in.end()) {
      in.erase(found);
      continue;
    }
    if (!missing.empty()) missing += ", ";
    missing += choice.connector + ":" + choice.merchant_connector_id;
  }
}

// In the words of the API that this one follows.
Result<void> check_same(const std::vector<routing::Choice>& now, const std::vector<routing::Choice>& wanted) {
  if (now.size() != wanted.size())
    return fail(Code::illegal_transition, "connectors",
                "current config and updated config have different lengths");
  std::string different;
  add_missing(now, wanted, different);
  add_missing(wanted, now, different);
  if (different.empty()) return {};
  return fail(Code::invalid_value, "connectors",
              "connector mismatch between old and new configs (" + different + ")");
}

std::string ids_of(const std::vector<routing::Choice>& accounts) {
  std::string ids;
  for (const routing::Choice& account : accounts)
    ids += (ids.empty() ? "" : ",") + account.merchant_connector_id;
  return ids;
}

Task<Result<Answer>> update_once(Context& context, Principal principal, Key key, std::string profile_id,
                                 std::vector<routing::Choice> accounts, RenderDefaultRouting render) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    auto merchant = co_await reach_own_merchant(context, principal);
    if (!merchant) co_return fail(std::move(merchant.error()));
    auto profile = find_profile(**merchant, profile_id);
    if (!profile) co_return fail(std::move(profile.error()));
    if (Result<void> same = check_same(default_choices(**profile), accounts); !same)
      co_return fail(std::move(same.error()));
    store::ProfileRow row = (*profile)->row;
    ProfileDetails details = (*profile)->details;
    details.routing_default = ids_of(accounts);
    row.details = details.serialise();
    row.modified_at = context.clock.wall();
    ++row.version;
    AccountChange change = begin_change(context, key, row.id.key);
    change.rows.update(row);
    Answer answer;
    answer.body = render({to_text(row.id), accounts});
    auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                            AnswerContent::ordinary, "profile_id");
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return std::move(**committed);
  }
  co_return too_many_writers();
}

}  // namespace

Task<Result<DefaultRoutingView>> retrieve_default_routing(Context& context, Principal principal,
                                                          std::string profile_id) {
  auto merchant = co_await reach_own_merchant(context, std::move(principal));
  if (!merchant) co_return fail(std::move(merchant.error()));
  auto profile = find_profile(**merchant, profile_id);
  if (!profile) co_return fail(std::move(profile.error()));
  co_return view_of(**profile);
}

Task<Result<std::vector<DefaultRoutingView>>> list_default_routings(Context& context, Principal principal) {
  auto merchant = co_await reach_own_merchant(context, std::move(principal));
  if (!merchant) co_return fail(std::move(merchant.error()));
  std::vector<DefaultRoutingView> views;
  for (const auto& profile : (*merchant)->profiles)
    views.push_back(view_of(*profile));
  co_return views;
}

Task<Result<Answer>> update_default_routing(Context& context, Principal principal, Key key,
                                            std::string profile_id, std::vector<routing::Choice> accounts,
                                            RenderDefaultRouting render) {
  auto attempt =
      update_once(context, std::move(principal), key, std::move(profile_id), std::move(accounts), render);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

std::vector<routing::Choice> default_choices(const ProfileEntry& profile) {
  std::vector<routing::Choice> choices;
  for (const auto& account : profile.by_default)
    choices.push_back({account->row.connector, to_text(account->row.id)});
  return choices;
}

}  // namespace payweir::flows
