#include "flows/accounts/profiles.hpp"

#include "flows/accounts/access.hpp"
#include "flows/accounts/change.hpp"

namespace payweir::flows {
namespace {

Task<Result<Answer>> create_once(Context& context, Principal principal, Key key, CreateProfile command,
                                 const AccountRendering& rendering) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(command.merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (Result<void> room = check_room((*merchant)->profiles.size(), "profile_id"); !room)
    co_return fail(std::move(room.error()));
  if (command.name.empty()) command.name = "profile_" + std::to_string(context.new_key());
  Result<ProfileView> view = make_profile(context, (*merchant)->row, std::move(command.name),
                                          std::move(command.details), std::move(command.settings));
  if (!view) co_return fail(std::move(view.error()));
  AccountChange change = begin_change(context, std::move(key), view->row.id.key);
  change.rows.insert(view->row);
  Answer answer;
  answer.body = rendering.profile(*view);
  auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                          AnswerContent::shows_secret, "profile_name");
  if (!committed) co_return fail(std::move(committed.error()));
  if (!*committed) co_return too_many_writers();
  co_return std::move(**committed);
}

Task<Result<Answer>> update_once(Context& context, Principal principal, Key key, UpdateProfile command,
                                 const AccountRendering& rendering) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    auto merchant = co_await reach_merchant(context, principal, command.merchant_id);
    if (!merchant) co_return fail(std::move(merchant.error()));
    auto profile = reach_profile(**merchant, command.profile_id);
    if (!profile) co_return fail(std::move(profile.error()));
    ProfileView view = view_of(**merchant, **profile);
    if (!command.name.empty()) view.row.name = command.name;
    if (Result<void> changed = change_profile(context, view, command.details, command.settings); !changed)
      co_return fail(std::move(changed.error()));
    AccountChange change = begin_change(context, key, view.row.id.key);
    change.rows.update(view.row);
    Answer answer;
    answer.body = rendering.profile(view);
    auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                            AnswerContent::shows_secret, "profile_name");
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return std::move(**committed);
  }
  co_return too_many_writers();
}

}  // namespace

Task<Result<Answer>> create_profile(Context& context, Principal principal, Key key, CreateProfile command,
                                    const AccountRendering& rendering) {
  auto attempt = create_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<Answer>> update_profile(Context& context, Principal principal, Key key, UpdateProfile command,
                                    const AccountRendering& rendering) {
  auto attempt = update_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<ProfileView>> retrieve_profile(Context& context, Principal principal, std::string merchant_id,
                                           std::string profile_id) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  auto profile = reach_profile(**merchant, profile_id);
  if (!profile) co_return fail(std::move(profile.error()));
  co_return view_of(**merchant, **profile);
}

Task<Result<std::vector<ProfileView>>> list_profiles(Context& context, Principal principal,
                                                     std::string merchant_id) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  std::vector<ProfileView> views;
  for (const auto& profile : (*merchant)->profiles)
    views.push_back(view_of(**merchant, *profile));
  co_return views;
}

Task<Result<void>> delete_profile(Context& context, Principal principal, std::string merchant_id,
                                  std::string profile_id) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    auto merchant = co_await reach_merchant(context, principal, merchant_id);
    if (!merchant) co_return fail(std::move(merchant.error()));
    auto profile = reach_profile(**merchant, profile_id);
    if (!profile) co_return fail(std::move(profile.error()));
    if ((*profile)->row.id.key == (*merchant)->row.default_profile_key)
      co_return fail(Code::invalid_value, "profile_id", "the default profile cannot be deleted");
    if (!(*profile)->accounts.empty())
      co_return fail(Code::invalid_value, "profile_id", "the profile still has connector accounts");
    store::ProfileRow row = (*profile)->row;
    row.deleted = true;
    row.modified_at = context.clock.wall();
    ++row.version;
    store::ChangeSet rows;
    rows.update(row);
    Result<bool> committed = co_await commit_rows(context, std::move(rows));
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return Result<void>{};
  }
  co_return too_many_writers();
}

}  // namespace payweir::flows
