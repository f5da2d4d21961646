#include "base/planted.hpp"
#include "flows/context.hpp"
#include "flows/gateway.hpp"
#include "flows/payments.hpp"
#include "store/change_set.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::flows {
namespace {

// The accounts that a callback address may mean: one by its id, or all of one connector.
std::vector<std::shared_ptr<const ConnectorAccount>> accounts_at(const MerchantEntry& merchant,
                                                                 const std::string& connector_or_account) {
  std::vector<std::shared_ptr<const ConnectorAccount>> accounts;
  for (const auto& profile : merchant.profiles)
    for (const auto& account : profile->accounts)
      if (account->connector && (account->row.connector == connector_or_account ||
                                 to_text(account->row.id) == connector_or_account))
        accounts.push_back(account);
  return accounts;
}

store::InboxRow row_of(Context& context, const ConnectorAccount& account, GatewayEvent event, Instant now) {
  store::InboxRow row;
  row.key = context.new_key();
  row.merchant_no = account.row.merchant_no;
  row.connector_account_key = account.row.id.key;
  row.event_id = std::move(event.event_id);
  row.event_type = std::move(event.event_type);
  row.operation_reference = std::move(event.operation_reference);
  row.payment_reference = std::move(event.payment_reference);
  row.connector_payment_id = std::move(event.connector_payment_id);
  row.connector_refund_id = std::move(event.connector_refund_id);
  row.due_at = row.received_at = now;
  return row;
}

// Whether a callback that repeats the amount repeats ours. It decides nothing, but somebody who signs another
// amount is not to be told that all is well.
Task<Result<bool>> agrees(Context& context, std::string reference, Money amount) {
  const Result<AttemptId> id = parse_id<AttemptTag>(reference);
  if (!id) co_return true;
  const AttemptId wanted = *id;
  const Result<std::optional<store::AttemptRow>> found =
      co_await store::find_attempt(context.store, wanted.key);
  if (!found) co_return fail(found.error());
  co_return !*found || (*found)->attempt.id != wanted || (*found)->attempt.amount == amount;
}

}  // namespace

Task<Result<CallbackAnswer>> receive_callback(Context& context, std::string merchant_id,
                                              std::string connector_or_account, std::string peer_address,
                                              http::Headers headers, std::string body) {
  Result<std::shared_ptr<const MerchantEntry>> merchant =
      co_await context.directory.merchant_by_id(merchant_id);
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (!*merchant) co_return fail(Code::not_found, "", "no such callback address");
  const auto accounts = accounts_at(**merchant, connector_or_account);
  if (accounts.empty()) co_return fail(Code::not_found, "", "no such callback address");

  const Instant now = context.clock.wall();
  CallbackAnswer answer{accounts.front()->connector->capabilities().acknowledgement, {}};
  Error refusal{Code::webhook_signature_mismatch, "", "the signature belongs to no account of this merchant"};
  std::optional<store::InboxRow> row;
  std::optional<Money> amount;
  bool is_from_elsewhere = true;
  struct Unknown {
    std::shared_ptr<const ConnectorAccount> account;
    std::shared_ptr<const Artefact> had;
  };
  std::vector<Unknown> unknown;  // accounts that do not know the key it is signed with
  const auto read = [&](const std::shared_ptr<const ConnectorAccount>& account) {
    ConnectorContext of_account = connector_context(context, *account);
    of_account.now = now;
    Result<GatewayEvent> event = account->connector->read_webhook(headers, body, of_account);
    if (!event) {
      if (event.error().code == Code::webhook_unknown_serial && of_account.may_need)
        unknown.push_back({account, of_account.artefact});
      refusal = std::move(event.error());
      return false;
    }
    answer.acknowledgement = account->connector->capabilities().acknowledgement;
    amount = event->amount;
    row = row_of(context, *account, std::move(*event), now);
    return true;
  };
  for (const auto& account : accounts) {
    if (!account->callback_addresses.empty() && !contains(account->callback_addresses, peer_address))
      continue;
    is_from_elsewhere = false;
    if (read(account)) break;
  }
  // The gateway may have a new key. Where it cannot be had now, the refusal makes the gateway call again.
  const std::vector<Unknown> to_ask = row ? std::vector<Unknown>{} : std::exchange(unknown, {});
  for (const Unknown& each : to_ask) {
    const bool is_newer = co_await renew_artefact(context, *each.account, each.had);
    if (is_newer && read(each.account)) break;
  }
  if (is_from_elsewhere) {
    ++context.telemetry.webhook_address_refusals;
    answer.refusal = Error{Code::forbidden, "", "callbacks are not taken from this address"};
    co_return answer;
  }
  if (!row) {
    ++context.telemetry.webhook_signature_failures;
    answer.refusal = std::move(refusal);
    co_return answer;
  }
  if (amount) {
    const Result<bool> agreed = co_await agrees(context, row->operation_reference, *amount);
    if (!agreed) {
      answer.refusal = agreed.error();
      co_return answer;
    }
    if (!*agreed) {
      ++context.telemetry.contradictions;
      answer.refusal = Error{Code::webhook_amount_mismatch, "", "the callback is about another amount"};
      co_return answer;
    }
  }
  store::ChangeSet changes;
  changes.insert(*row);
  changes.insert(store::CallbackBodyRow{row->key, row->merchant_no, std::move(body)});
  if (PLANTED(acknowledges_unstored)) co_return answer;
  store::CommitAnswer committed = co_await context.store.commit(std::move(changes));
  if (auto* failed = std::get_if<store::commit::Failed>(&committed))
    answer.refusal = std::move(failed->error);
  if (auto* maybe = std::get_if<store::commit::Maybe>(&committed)) answer.refusal = std::move(maybe->error);
  co_return answer;  // a duplicate is stored already, and acknowledged like the first
}

}  // namespace payweir::flows
