#include "flows/accounts/connector_accounts.hpp"

#include <algorithm>

#include "flows/accounts/access.hpp"
#include "flows/accounts/change.hpp"
#include "flows/accounts/secrets.hpp"
#include "flows/gateway.hpp"

namespace payweir::flows {
namespace {

std::string default_label(const CreateConnectorAccount& command, const ProfileEntry& profile) {
  const std::string& shop =
      command.details.business_label.empty() ? profile.row.name : command.details.business_label;
  return command.connector + "_" + shop;
}

// Members that the connector does not ask for are nobody's to keep.
void drop_undeclared(const Connector& connector, ConnectorCredentials& credentials) {
  const std::span<const AuthType> types = connector.capabilities().auth_types;
  const auto type = std::ranges::find(types, credentials.auth_type, &AuthType::name);
  if (type == types.end()) return;
  std::erase_if(credentials.fields, [&](const auto& field) {
    return std::ranges::find(type->fields, std::string_view(field.first), &CredentialField::name) ==
           type->fields.end();
  });
}

// Checks credentials against their connector and seals them into the row.
Result<void> take_credentials(Context& context, const Connector& connector, ConnectorCredentials credentials,
                              ConnectorAccountView& view) {
  drop_undeclared(connector, credentials);
  if (Result<void> complete = check_fields(connector.capabilities(), credentials); !complete) return complete;
  if (auto prepared = connector.prepare(credentials); !prepared) return fail(std::move(prepared.error()));
  view.row.sealed_credentials = seal_credentials(context.keys, view.row.id.key, credentials);
  view.credentials = mask(credentials, &connector);
  return {};
}

Task<Result<std::optional<Answer>>> commit(Context& context, AccountChange change,
                                           const ConnectorAccountView& view,
                                           const AccountRendering& rendering) {
  Answer answer;
  answer.body = rendering.connector_account(view);
  return commit_change(context, std::move(change), std::move(answer), AnswerContent::ordinary,
                       "connector_label");
}

Task<Result<Answer>> create_once(Context& context, Principal principal, Key key,
                                 CreateConnectorAccount command, const AccountRendering& rendering) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(command.merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  std::shared_ptr<const ProfileEntry> profile = (*merchant)->default_profile();
  if (!command.profile_id.empty()) {
    auto wanted = reach_profile(**merchant, command.profile_id);
    if (!wanted) co_return fail(std::move(wanted.error()));
    profile = std::move(*wanted);
  }
  // Deleted ones count: they are held, too.
  const std::size_t accounts = (*merchant)->account_count();
  if (Result<void> room = check_room(accounts, "merchant_connector_id"); !room)
    co_return fail(std::move(room.error()));
  const Connector* connector = find_connector(command.connector);
  if (!connector) co_return fail(Code::connector_unknown, "connector_name", "there is no such connector");
  ConnectorAccountView view;
  view.merchant_id = (*merchant)->row.merchant_id;
  view.profile_id = to_text(profile->row.id);
  view.row.id = context.new_id<ConnectorAccountTag>();
  view.row.merchant_no = (*merchant)->row.id.key;
  view.row.profile_key = profile->row.id.key;
  view.row.label = command.label.empty() ? default_label(command, *profile) : std::move(command.label);
  view.row.connector = std::move(command.connector);
  view.row.disabled = command.disabled;
  view.row.details = command.details.serialise();
  view.row.created_at = view.row.modified_at = context.clock.wall();
  view.details = std::move(command.details);
  if (command.webhook_secrets) command.credentials.webhook_secrets = std::move(*command.webhook_secrets);
  if (Result<void> taken = take_credentials(context, *connector, command.credentials, view); !taken)
    co_return fail(std::move(taken.error()));
  AccountChange change = begin_change(context, std::move(key), view.row.id.key);
  change.rows.insert(view.row);
  auto committed = co_await commit(context, std::move(change), view, rendering);
  if (!committed) co_return fail(std::move(committed.error()));
  if (!*committed) co_return too_many_writers();
  co_return std::move(**committed);
}

// The stored credentials with what the command replaces of them.
ConnectorCredentials merge_credentials(const ConnectorAccount& stored,
                                       const UpdateConnectorAccount& command) {
  ConnectorCredentials merged = command.credentials ? *command.credentials : stored.credentials;
  merged.webhook_secrets =
      command.webhook_secrets ? *command.webhook_secrets : stored.credentials.webhook_secrets;
  return merged;
}

Task<Result<Answer>> update_once(Context& context, Principal principal, Key key,
                                 UpdateConnectorAccount command, const AccountRendering& rendering) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    auto merchant = co_await reach_merchant(context, principal, command.merchant_id);
    if (!merchant) co_return fail(std::move(merchant.error()));
    auto account = reach_connector_account(**merchant, command.account_id);
    if (!account) co_return fail(std::move(account.error()));
    ConnectorAccountView view = view_of(**merchant, **account);
    if (!command.label.empty()) view.row.label = command.label;
    if (command.disabled) view.row.disabled = *command.disabled;
    view.details.merge(command.details);
    view.row.details = view.details.serialise();
    if (command.credentials || command.webhook_secrets) {
      const Connector* connector = (*account)->connector;
      if (!connector) co_return fail(Code::connector_unknown, "connector_name", "there is no such connector");
      const ConnectorCredentials credentials = merge_credentials(**account, command);
      if (Result<void> taken = take_credentials(context, *connector, credentials, view); !taken)
        co_return fail(std::move(taken.error()));
    }
    view.row.modified_at = context.clock.wall();
    ++view.row.version;
    AccountChange change = begin_change(context, key, view.row.id.key);
    change.rows.update(view.row);
    auto committed = co_await commit(context, std::move(change), view, rendering);
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return std::move(**committed);
  }
  co_return too_many_writers();
}

}  // namespace

Task<Result<Answer>> create_connector_account(Context& context, Principal principal, Key key,
                                              CreateConnectorAccount command,
                                              const AccountRendering& rendering) {
  auto attempt = create_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<Answer>> update_connector_account(Context& context, Principal principal, Key key,
                                              UpdateConnectorAccount command,
                                              const AccountRendering& rendering) {
  auto attempt = update_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<ConnectorAccountView>> retrieve_connector_account(Context& context, Principal principal,
                                                              std::string merchant_id,
                                                              std::string account_id) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  auto account = reach_connector_account(**merchant, account_id);
  if (!account) co_return fail(std::move(account.error()));
  co_return view_of(**merchant, **account);
}

Task<Result<std::vector<ConnectorAccountView>>> list_connector_accounts(Context& context, Principal principal,
                                                                        std::string merchant_id) {
  auto merchant = co_await reach_merchant(context, std::move(principal), std::move(merchant_id));
  if (!merchant) co_return fail(std::move(merchant.error()));
  std::vector<ConnectorAccountView> views;
  for (const auto& profile : (*merchant)->profiles)
    for (const auto& account : profile->accounts)
      views.push_back(view_of(**merchant, *account));
  co_return views;
}

Task<Result<void>> verify_connector_account(Context& context, Principal principal,
                                            VerifyConnectorAccount command) {
  ConnectorAccount tried;
  tried.connector = find_connector(command.connector);
  tried.credentials = std::move(command.credentials);
  if (!command.account_id.empty()) {
    auto merchant = co_await reach_merchant(context, std::move(principal), std::move(command.merchant_id));
    if (!merchant) co_return fail(std::move(merchant.error()));
    auto account = reach_connector_account(**merchant, command.account_id);
    if (!account) co_return fail(std::move(account.error()));
    tried.connector = (*account)->connector;
    tried.credentials = (*account)->credentials;
  }
  if (!tried.connector)
    co_return fail(Code::connector_unknown, "connector_name", "there is no such connector");
  if (Result<void> complete = check_fields(tried.connector->capabilities(), tried.credentials); !complete)
    co_return complete;
  auto prepared = tried.connector->prepare(tried.credentials);
  if (!prepared) co_return fail(std::move(prepared.error()));
  tried.prepared = std::move(*prepared);
  Result<void> verified = co_await ask_whether_valid(context, tried);
  co_return verified;
}

Task<Result<void>> delete_connector_account(Context& context, Principal principal, std::string merchant_id,
                                            std::string account_id) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    auto merchant = co_await reach_merchant(context, principal, merchant_id);
    if (!merchant) co_return fail(std::move(merchant.error()));
    auto account = reach_connector_account(**merchant, account_id);
    if (!account) co_return fail(std::move(account.error()));
    store::ConnectorAccountRow row = (*account)->row;
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
