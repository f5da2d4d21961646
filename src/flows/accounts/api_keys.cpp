#include "flows/accounts/api_keys.hpp"

#include <algorithm>

#include "flows/accounts/access.hpp"
#include "flows/accounts/change.hpp"
#include "flows/accounts/keys.hpp"
#include "store/queries/account_queries.hpp"

namespace payweir::flows {
namespace {

Result<void> check_expiry(const Context& context, Instant expires_at) {
  if (expires_at.ms == 0 || expires_at > context.clock.wall()) return {};
  return fail(Code::invalid_value, "expiration", "a time in the future or \"never\" is expected");
}

// Read from the store and not from the directory, which may be of before the last change.
Task<Result<ApiKeyView>> load(Context& context, Principal principal, std::string merchant_id,
                              std::string key_id) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  const std::unexpected<Error> missing =
      fail(Code::not_found, "key_id", "API Key does not exist in our records");
  const Result<ApiKeyId> id = parse_id<ApiKeyTag>(key_id);
  if (!id) co_return missing;
  auto row = co_await store::find_api_key(context.store, id->key);
  if (!row) co_return fail(std::move(row.error()));
  if (!*row || (*row)->id != *id || (*row)->merchant_no != (*merchant)->row.id.key) co_return missing;
  co_return ApiKeyView{std::move(**row), (*merchant)->row.merchant_id, Secret()};
}

Task<Result<Answer>> create_once(Context& context, Principal principal, Key key, CreateApiKey command,
                                 const AccountRendering& rendering) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(command.merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (Result<void> usable = check_expiry(context, command.expires_at); !usable)
    co_return fail(std::move(usable.error()));
  auto existing = co_await store::list_api_keys(context.store, (*merchant)->row.id.key);
  if (!existing) co_return fail(std::move(existing.error()));
  const auto live =
      std::ranges::count_if(*existing, [](const store::ApiKeyRow& row) { return !row.revoked; });
  if (Result<void> room = check_room(static_cast<std::size_t>(live), "key_id"); !room)
    co_return fail(std::move(room.error()));
  ApiKeyView view;
  view.merchant_id = (*merchant)->row.merchant_id;
  view.row.id = context.new_id<ApiKeyTag>();
  view.row.merchant_no = (*merchant)->row.id.key;
  view.row.name = std::move(command.name);
  view.row.description = std::move(command.description);
  view.row.expires_at = command.expires_at;
  view.row.created_at = view.row.modified_at = context.clock.wall();
  NewApiKey made =
      draw_api_key(context.random, context.keys,
                   context.settings.sandbox ? Environment::sandbox : Environment::production, view.row.id);
  view.row.hash = std::move(made.hash);
  view.row.prefix = std::move(made.prefix);
  view.plaintext = std::move(made.text);
  AccountChange change = begin_change(context, std::move(key), view.row.id.key);
  change.rows.insert(view.row);
  Answer answer;
  answer.body = rendering.api_key(view);
  auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                          AnswerContent::shows_secret, "key_id");
  if (!committed) co_return fail(std::move(committed.error()));
  if (!*committed) co_return too_many_writers();
  co_return std::move(**committed);
}

Task<Result<Answer>> update_once(Context& context, Principal principal, Key key, UpdateApiKey command,
                                 const AccountRendering& rendering) {
  if (command.expires_at)
    if (Result<void> usable = check_expiry(context, *command.expires_at); !usable)
      co_return fail(std::move(usable.error()));
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    Result<ApiKeyView> view = co_await load(context, principal, command.merchant_id, command.key_id);
    if (!view) co_return fail(std::move(view.error()));
    if (command.name) view->row.name = *command.name;
    if (command.description) view->row.description = *command.description;
    if (command.expires_at) view->row.expires_at = *command.expires_at;
    view->row.modified_at = context.clock.wall();
    ++view->row.version;
    AccountChange change = begin_change(context, key, view->row.id.key);
    change.rows.update(view->row);
    Answer answer;
    answer.body = rendering.api_key(*view);
    auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                            AnswerContent::ordinary, "key_id");
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return std::move(**committed);
  }
  co_return too_many_writers();
}

}  // namespace

Task<Result<Answer>> create_api_key(Context& context, Principal principal, Key key, CreateApiKey command,
                                    const AccountRendering& rendering) {
  auto attempt = create_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<Answer>> update_api_key(Context& context, Principal principal, Key key, UpdateApiKey command,
                                    const AccountRendering& rendering) {
  auto attempt = update_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<ApiKeyView>> retrieve_api_key(Context& context, Principal principal, std::string merchant_id,
                                          std::string key_id) {
  return load(context, std::move(principal), std::move(merchant_id), std::move(key_id));
}

Task<Result<std::vector<ApiKeyView>>> list_api_keys(Context& context, Principal principal,
                                                    std::string merchant_id) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  auto rows = co_await store::list_api_keys(context.store, (*merchant)->row.id.key);
  if (!rows) co_return fail(std::move(rows.error()));
  std::vector<ApiKeyView> views;
  for (store::ApiKeyRow& row : *rows)
    views.push_back({std::move(row), (*merchant)->row.merchant_id, Secret()});
  co_return views;
}

Task<Result<ApiKeyView>> revoke_api_key(Context& context, Principal principal, std::string merchant_id,
                                        std::string key_id) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    Result<ApiKeyView> view = co_await load(context, principal, merchant_id, key_id);
    if (!view || view->row.revoked) co_return view;
    view->row.revoked = true;
    view->row.modified_at = context.clock.wall();
    ++view->row.version;
    store::ChangeSet rows;
    rows.update(view->row);
    Result<bool> committed = co_await commit_rows(context, std::move(rows));
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return view;
  }
  co_return too_many_writers();
}

}  // namespace payweir::flows
