#include "flows/accounts/merchants.hpp"

#include <algorithm>

#include "flows/accounts/access.hpp"
#include "flows/accounts/change.hpp"
#include "flows/accounts/keys.hpp"
#include "store/queries/account_queries.hpp"

namespace payweir::flows {
namespace {

constexpr std::size_t kMerchantIdBytesMax = 64;
constexpr std::string_view kDefaultProfileName = "default";
// Bounds of a listing: merchants shown, and merchants of other organisations looked at on the way.
constexpr std::size_t kMerchantsShownMax = 1'000;
constexpr std::size_t kMerchantsReadAtOnce = 500;

Result<void> check_merchant_id(std::string_view id) {
  const bool is_plain = std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (!id.empty() && id.size() <= kMerchantIdBytesMax && is_plain) return {};
  return fail(Code::invalid_value, "merchant_id",
              "1 to 64 characters of A-Z, a-z, 0-9, _ and - are expected");
}

// What a merchant account says of itself and its default profile repeats.
ProfileDetails profile_details_of(const MerchantDetails& merchant) {
  ProfileDetails profile;
  profile.return_url = merchant.return_url;
  profile.webhook_details_json = merchant.webhook_details_json;
  profile.enable_payment_response_hash_json = merchant.enable_payment_response_hash_json;
  profile.redirect_with_http_post_json = merchant.redirect_with_http_post_json;
  return profile;
}

Task<Result<Answer>> create_once(Context& context, Principal principal, Key key, CreateMerchant command,
                                 const AccountRendering& rendering) {
  if (Result<void> allowed = require_admin(principal); !allowed) co_return fail(std::move(allowed.error()));
  if (Result<void> usable = check_merchant_id(command.merchant_id); !usable)
    co_return fail(std::move(usable.error()));
  MerchantView view;
  view.row.id = context.new_id<MerchantTag>();
  view.row.merchant_id = std::move(command.merchant_id);
  view.row.publishable_key =
      make_publishable_key(context.settings.sandbox ? Environment::sandbox : Environment::production,
                           view.row.id.key, context.random.bits(RandomPurpose::id_salt));
  view.row.created_at = view.row.modified_at = context.clock.wall();
  view.details = std::move(command.details);
  if (view.details.organization_id.empty())
    view.details.organization_id =
        "org_" + encode_crockford(context.new_key(),
                                  static_cast<std::int64_t>(context.random.bits(RandomPurpose::id_salt)));
  Result<ProfileView> profile = make_profile(context, view.row, std::string(kDefaultProfileName),
                                             profile_details_of(view.details), std::move(command.settings));
  if (!profile) co_return fail(std::move(profile.error()));
  view.default_profile = std::move(*profile);
  view.row.default_profile_key = view.default_profile.row.id.key;
  view.row.details = view.details.serialise();

  AccountChange change = begin_change(context, std::move(key), view.row.id.key);
  change.rows.insert(view.row);
  change.rows.insert(view.default_profile.row);
  Answer answer;
  answer.body = rendering.merchant(view);
  auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                          AnswerContent::shows_secret, "merchant_id");
  if (!committed) co_return fail(std::move(committed.error()));
  if (!*committed) co_return too_many_writers();
  co_return std::move(**committed);
}

Task<Result<Answer>> update_once(Context& context, Principal principal, Key key, UpdateMerchant command,
                                 const AccountRendering& rendering) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    auto merchant = co_await reach_merchant(context, principal, command.merchant_id);
    if (!merchant) co_return fail(std::move(merchant.error()));
    MerchantView view = view_of(**merchant);
    if (!command.default_profile_id.empty()) {
      auto profile = reach_profile(**merchant, command.default_profile_id);
      if (!profile) co_return fail(std::move(profile.error()));
      view.default_profile = view_of(**merchant, **profile);
      view.row.default_profile_key = (*profile)->row.id.key;
    }
    Result<void> changed =
        change_profile(context, view.default_profile, profile_details_of(command.details), command.settings);
    if (!changed) co_return fail(std::move(changed.error()));
    view.details.merge(command.details);
    view.row.details = view.details.serialise();
    view.row.modified_at = context.clock.wall();
    ++view.row.version;

    AccountChange change = begin_change(context, key, view.row.id.key);
    change.rows.update(view.row);
    change.rows.update(view.default_profile.row);
    Answer answer;
    answer.body = rendering.merchant(view);
    auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                            AnswerContent::shows_secret, "merchant_id");
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return std::move(**committed);
  }
  co_return too_many_writers();
}

}  // namespace

Task<Result<Answer>> create_merchant(Context& context, Principal principal, Key key, CreateMerchant command,
                                     const AccountRendering& rendering) {
  auto attempt = create_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<Answer>> update_merchant(Context& context, Principal principal, Key key, UpdateMerchant command,
                                     const AccountRendering& rendering) {
  auto attempt = update_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<MerchantView>> retrieve_merchant(Context& context, Principal principal, std::string merchant_id) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  co_return view_of(**merchant);
}

Task<Result<std::string>> delete_merchant(Context& context, Principal principal, std::string merchant_id) {
  if (Result<void> allowed = require_admin(principal); !allowed) co_return fail(std::move(allowed.error()));
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    auto merchant = co_await reach_merchant(context, principal, merchant_id);
    if (!merchant) co_return fail(std::move(merchant.error()));
    store::MerchantRow row = (*merchant)->row;
    row.deleted = true;
    row.modified_at = context.clock.wall();
    ++row.version;
    store::ChangeSet rows;
    rows.update(row);
    Result<bool> committed = co_await commit_rows(context, std::move(rows));
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return merchant_id;
  }
  co_return too_many_writers();
}

Task<Result<std::vector<MerchantView>>> list_merchants(Context& context, Principal principal,
                                                       std::string organization_id) {
  if (Result<void> allowed = require_admin(principal); !allowed) co_return fail(std::move(allowed.error()));
  std::vector<MerchantView> views;
  std::int64_t after = 0;
  while (views.size() < kMerchantsShownMax) {
    auto rows = co_await store::list_merchants(context.store, after, kMerchantsReadAtOnce);
    if (!rows) co_return fail(std::move(rows.error()));
    for (const store::MerchantRow& row : *rows) {
      after = row.id.key;
      if (MerchantDetails::parse(row.details).organization_id != organization_id) continue;
      auto merchant = co_await context.directory.merchant(row.id.key);
      if (!merchant) co_return fail(std::move(merchant.error()));
      if (*merchant) views.push_back(view_of(**merchant));
    }
    if (rows->size() < kMerchantsReadAtOnce) break;
  }
  co_return views;
}

}  // namespace payweir::flows
