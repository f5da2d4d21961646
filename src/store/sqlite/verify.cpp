#include "store/sqlite/verify.hpp"

#include "store/migrations/all.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/schema.hpp"

namespace payweir::store::sqlite {
namespace {

// Each query gives the rows at fault, first column the one to show. Sums are made of whole tables at once: a
// look-up for each payment would need an index that payments would pay for.
struct Check {
  std::string_view what;
  const char* sql;
};

// Accounts: 1 gateway_clearing, 2 merchant_payable, 4 suspense (ledger/accounts.hpp).
constexpr Check kChecks[] = {
    {"the ledger agrees with the payments",
     "WITH moved AS (SELECT payment_key, sum(CASE WHEN debit_account = 1 AND credit_account = 2 THEN "
     "amount_minor"
     " WHEN debit_account = 2 AND credit_account = 1 THEN -amount_minor ELSE 0 END) AS net"
     " FROM posting GROUP BY payment_key)"
     " SELECT payment.key FROM payment LEFT JOIN moved ON moved.payment_key = payment.key"
     " WHERE payment.captured_minor - payment.refunded_minor <> coalesce(moved.net, 0)"},
    {"the ledger agrees with what came late",
     "WITH moved AS (SELECT payment_key, sum(CASE WHEN debit_account = 1 THEN amount_minor ELSE "
     "-amount_minor END)"
     " AS net FROM posting WHERE debit_account = 4 OR credit_account = 4 GROUP BY payment_key),"
     " late AS (SELECT payment_key, sum(captured_minor) AS sum FROM attempt WHERE state = 12 GROUP BY "
     "payment_key)"
     " SELECT moved.payment_key FROM moved LEFT JOIN late ON late.payment_key = moved.payment_key"
     " WHERE moved.net <> coalesce(late.sum, 0) UNION ALL"
     " SELECT late.payment_key FROM late LEFT JOIN moved ON moved.payment_key = late.payment_key"
     " WHERE late.sum <> 0 AND moved.net IS NULL"},
    {"postings are in their payment's currency",
     "SELECT posting.key FROM posting JOIN payment ON payment.key = posting.payment_key"
     " WHERE posting.currency <> payment.currency"},
    {"payments agree with their refunds",
     "WITH sums AS (SELECT payment_key, sum(CASE WHEN state = 2 THEN amount_minor ELSE 0 END) AS done,"
     " sum(CASE WHEN state IN (1, 4) THEN amount_minor ELSE 0 END) AS open FROM refund GROUP BY payment_key)"
     " SELECT payment.key FROM payment LEFT JOIN sums ON sums.payment_key = payment.key"
     " WHERE refunded_minor <> coalesce(done, 0) OR refund_reserved_minor <> coalesce(open, 0)"},
    {"payments agree with their attempts",
     "WITH sums AS (SELECT payment_key, sum(captured_minor) AS captured, count(*) AS attempts FROM attempt"
     " WHERE state NOT IN (12, 14) GROUP BY payment_key)"
     " SELECT payment.key FROM payment LEFT JOIN sums ON sums.payment_key = payment.key"
     " WHERE captured_minor <> coalesce(captured, 0)"},
    {"each payment's events are numbered 1 to n",
     "WITH told AS (SELECT aggregate_key, count(*) AS events, max(sequence) AS last FROM outbox"
     " GROUP BY aggregate_key)"
     " SELECT payment.key FROM payment LEFT JOIN told ON told.aggregate_key = payment.key"
     " WHERE event_sequence <> coalesce(events, 0) OR event_sequence <> coalesce(last, 0)"},
    {"every row has its payment",
     "SELECT key FROM posting WHERE payment_key NOT IN (SELECT key FROM payment) UNION ALL"
     " SELECT key FROM attempt WHERE payment_key NOT IN (SELECT key FROM payment) UNION ALL"
     " SELECT key FROM operation WHERE payment_key NOT IN (SELECT key FROM payment) UNION ALL"
     " SELECT key FROM refund WHERE payment_key NOT IN (SELECT key FROM payment) UNION ALL"
     " SELECT key FROM alias WHERE target_key NOT IN (SELECT key FROM payment)"
     " AND target_key NOT IN (SELECT key FROM refund)"},
    {"every idempotency key that was moved to the index is in it",
     "SELECT key FROM idempotency WHERE key < (SELECT max(watermark) FROM claim_watermark)"
     " AND digest NOT IN (SELECT digest FROM claim_digest)"},
};

struct Fault {
  std::int64_t count = 0;
  std::string first;
};

Result<Fault> find_faults(Connection& connection, const char* sql) {
  auto statement = connection.prepare(sql);
  if (!statement) return fail(std::move(statement.error()));
  Fault fault;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement->get())) == SQLITE_ROW) {
    const unsigned char* const text = sqlite3_column_text(statement->get(), 0);
    if (++fault.count == 1 && text != nullptr) fault.first = reinterpret_cast<const char*>(text);
  }
  if (code != SQLITE_DONE) return fail(to_error(code, "verifying"));
  return fault;
}

// SQLite's own: one row "ok", or one a fault.
Result<Verified> check_pages(Connection& connection) {
  auto found = find_faults(connection, "PRAGMA integrity_check(100)");
  if (!found) return fail(std::move(found.error()));
  const bool is_good = found->count == 1 && found->first == "ok";
  return Verified{"every page and index is whole", is_good ? 0 : found->count, is_good ? "" : found->first};
}

Result<Inventory> take_inventory(Connection& connection) {
  Inventory inventory;
  const std::pair<std::int64_t*, const char*> counts[] = {
      {&inventory.schema, "PRAGMA user_version"},
      {&inventory.epoch, "SELECT max(epoch) FROM instance"},
      {&inventory.payments, "SELECT count(*) FROM payment"},
      {&inventory.refunds, "SELECT count(*) FROM refund"},
      {&inventory.postings, "SELECT count(*) FROM posting"},
      {&inventory.events, "SELECT count(*) FROM outbox"},
      {&inventory.operations_open, "SELECT count(*) FROM operation WHERE state <> 3"},
  };
  for (const auto& [count, sql] : counts) {
    auto number = connection.query_integer(sql);
    if (!number) return fail(std::move(number.error()));
    *count = *number;
  }
  return inventory;
}

}  // namespace

Result<Inventory> verify(const std::string& path, const std::function<void(const Verified&)>& tell) {
  auto connection = Connection::open(path, "", Connection::Role::reader);
  if (!connection) return fail(std::move(connection.error()));
  if (auto ours = check_ours(*connection, static_cast<std::int64_t>(migrations::kAll.size())); !ours)
    return fail(std::move(ours.error()));
  // The sums of millions of rows need room that is not memory.
  if (auto set = connection->execute("PRAGMA temp_store = FILE; BEGIN"); !set)
    return fail(std::move(set.error()));
  auto pages = check_pages(*connection);
  if (!pages) return fail(std::move(pages.error()));
  tell(*pages);
  for (const Check& check : kChecks) {
    auto fault = find_faults(*connection, check.sql);
    if (!fault) return fail(std::move(fault.error()));
    tell({check.what, fault->count, fault->first});
  }
  return take_inventory(*connection);
}

}  // namespace payweir::store::sqlite
