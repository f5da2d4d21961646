#include "store/queries/inbox_queries.hpp"

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

constexpr Query kFindInbox{"find_inbox", kSql<InboxRow, "SELECT {} FROM inbox WHERE key = $1">};

constexpr Query kListDueInbox{
    "list_due_inbox",
    kSql<InboxRow, "SELECT {} FROM inbox WHERE state = 1 AND due_at <= $1 ORDER BY due_at LIMIT $2">};

constexpr Query kListDueOrphans{"list_due_orphans",
                                kSql<InboxRow,
                                     "SELECT {} FROM inbox WHERE state = 3 AND received_at >= $1 AND"
                                     " due_at <= $2 ORDER BY received_at LIMIT $3">};

constexpr Query kFindNewestCallbackBody{
    "find_newest_callback_body",
    kSql<CallbackBodyRow,
         "SELECT {} FROM callback_body WHERE key ="
         " (SELECT max(key) FROM inbox WHERE payment_key = $1 AND payment_key > 0)">};

}  // namespace

Task<Result<std::optional<InboxRow>>> find_inbox(Store& store, std::int64_t key) {
  return select_row<InboxRow>(store, kFindInbox, parameters_of(key));
}

Task<Result<std::vector<InboxRow>>> list_due_inbox(Store& store, Instant now, std::size_t limit) {
  return select_rows<InboxRow>(store, kListDueInbox, parameters_of(now, limit), limit);
}

Task<Result<std::vector<InboxRow>>> list_due_orphans(Store& store, Instant from, Instant now,
                                                     std::size_t limit) {
  return select_rows<InboxRow>(store, kListDueOrphans, parameters_of(from, now, limit), limit);
}

Task<Result<std::optional<CallbackBodyRow>>> find_newest_callback_body(Store& store,
                                                                       std::int64_t payment_key) {
  return select_row<CallbackBodyRow>(store, kFindNewestCallbackBody, parameters_of(payment_key));
}

}  // namespace payweir::store
