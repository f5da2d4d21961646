#pragma once
// Checker: the invariants of the switch, held against what is stored and against the gateway's own books. It
// reads the database through a connection of its own, as the next process would, and never through the
// switch.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "disk.hpp"
#include "domain/payment.hpp"
#include "node.hpp"
#include "routes.hpp"
#include "store/rows.hpp"
#include "store/sqlite/connection.hpp"
#include "truth.hpp"

namespace payweir::sim {

struct Violation {
  std::string invariant;  // "INV-08"
  std::string what;
};

// Everything stored about one payment.
struct StoredPayment {
  store::PaymentRow row;
  std::vector<store::AttemptRow> attempts;
  std::vector<store::OperationRow> operations;
  std::vector<store::RefundRow> refunds;
  std::vector<store::PostingRow> postings;
  std::vector<store::OutboxRow> events;
  std::set<std::string> earlier_attempts;  // that a restore forgot, and a gateway did not

  [[nodiscard]] std::string reference() const;  // as the merchant and the gateway know it
  [[nodiscard]] Names names() const;
};

// Rules that hold of one payment at every commit: INV-01, 02, 03, 05, 06, 08, 10, 11, 15, 19, 28, and that
// what is routed stays where it is.
// `before`: as it was at the commit before, if it was stored then.
[[nodiscard]] std::vector<Violation> check_payment(const StoredPayment& now, const StoredPayment* before);
// What the books must say for the stored payment to be true; at rest for good (INV-40), and until then as a
// bound (INV-04, INV-19). Refunds that people made in the gateway's dashboard do not count.
enum class When : std::uint8_t { at_commit, at_rest };
// What INV-40 says when a refund came back after it had succeeded, and no callback told of it.
inline constexpr std::string_view kMissedReturn = "a refund came back, and the switch was not told";
inline constexpr std::string_view kTakenBack =
    "captured, the switch says, and a cancellation has paid it back";
[[nodiscard]] std::vector<Violation> check_against_books(const StoredPayment& now, const GatewayBooks& books,
                                                         When when);

class Checker final : public CommitTap {
 public:
  Checker(Disk& disk, Scheduler& scheduler, const GatewayBooks& books, Routes& routes)
      : disk_(disk), scheduler_(scheduler), books_(books), routes_(routes) {}

  void on_submit(const store::ChangeSet& changes) override;
  void on_batch() override;
  void on_answer(const store::CommitAnswer& answer) override;

  // The process is gone, and the connection with it.
  void on_crash();
  // The next one is there: whatever was ever durable must be, as it was or further on.
  void on_restart();

  // The database was copied; then it was replaced by that copy. What went on in between is forgotten, by the
  // switch and here; of what was in the copy, everything must still come true.
  void on_backup();
  void on_restored();
  [[nodiscard]] bool has_forgotten() const { return !went_on_.empty(); }
  // A payment of this name was made after the backup: nobody here knows of it, and a client may make it
  // again.
  [[nodiscard]] bool is_forgotten(const std::string& reference) const {
    return forgotten_.contains(reference);
  }
  [[nodiscard]] bool went_on_after_backup(std::int64_t payment_key) const {
    return went_on_.contains(payment_key);
  }

  // Money leaves under the name of this operation, or of this attempt: only once it is recorded, and not
  // after its time to send.
  void on_money(const std::string& reference, Duration send_window);

  // How the breakers of the process stand just now.
  using Breakers = std::vector<flows::GatewayHealth::BreakerReport>;
  void set_breakers(std::function<Breakers()> breakers) { breakers_ = std::move(breakers); }
  // Of these payments a gateway said that it declined what it had charged: until it tells, the books may say
  // otherwise.
  void excuse_liars(const std::set<std::string>& lied_about) { lied_about_ = &lied_about; }
  // Of this payment a person said what became of it: until the end, the books may say otherwise.
  void trust_people(const std::set<std::string>& judged) { judged_ = &judged; }
  [[nodiscard]] bool was_judged(const std::string& reference) const {
    return judged_ != nullptr && judged_->contains(reference);
  }

  [[nodiscard]] bool was_lied_about(const std::string& reference) const {
    return lied_about_ != nullptr && lied_about_->contains(reference);
  }

  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }
  void violate(std::string invariant, std::string what);
  // "processing became succeeded": every step of a payment's state that a commit has shown, and how often.
  [[nodiscard]] const std::map<std::pair<PaymentState, PaymentState>, std::uint64_t>& steps() const {
    return steps_;
  }

  [[nodiscard]] std::optional<StoredPayment> load(std::int64_t payment_key);
  [[nodiscard]] std::vector<std::int64_t> all_payment_keys();
  struct Standing {
    std::int64_t version = 0;
    PaymentState state = PaymentState::requires_payment_method;
  };
  // Of every payment, by key.
  [[nodiscard]] std::unordered_map<std::int64_t, Standing> standings();
  [[nodiscard]] std::optional<std::int64_t> key_of_reference(const std::string& reference);
  // By all names that gateways know this payment by.
  [[nodiscard]] Names names_of(const std::string& reference);
  // Whether the gateway's event is stored.
  [[nodiscard]] bool has_inbox(const std::string& event_id);
  [[nodiscard]] std::int64_t count(const std::string& sql);
  // When the switch itself does something next: the earliest of all that is due.
  [[nodiscard]] std::optional<Instant> next_due();

 private:
  [[nodiscard]] store::sqlite::Connection& connection();
  [[nodiscard]] store::sqlite::Statement& statement(const std::string& sql);
  template <class Row>
  [[nodiscard]] std::vector<Row> rows(const std::string& sql, std::int64_t parameter);
  void check(std::int64_t payment_key);
  // Whether its attempts went, and stay, where they should.
  void check_routes(const StoredPayment& now, const StoredPayment* before);
  // A second attempt, or a third: INV-26, and that none before it could have charged (INV-05).
  void check_moved_on(const StoredPayment& now, const Attempt& attempt);
  void note_attempt(const StoredPayment& now, const Attempt& attempt);
  void note_end(const StoredPayment& now, const StoredPayment& before);
  void note_what_is_in_force();
  // INV-27: what an open breaker guards is not recorded, so that it is not sent.
  void check_dispatch(std::int64_t account_key, OperationKind kind, const std::string& reference);
  void note_resolved(const StoredPayment& now, const StoredPayment& before);

  Disk& disk_;
  Scheduler& scheduler_;
  GatewayBooks books_;
  Routes& routes_;
  bool routing_changed_ = true;
  std::map<std::int64_t, std::int64_t> active_algorithms_;  // by profile
  std::vector<std::int64_t> disabled_accounts_;
  std::optional<store::sqlite::Connection> connection_;
  std::map<std::string, store::sqlite::Statement> statements_;
  std::set<std::int64_t> touched_;
  std::unordered_map<std::int64_t, StoredPayment> known_;
  const std::set<std::string>* judged_ = nullptr;
  const std::set<std::string>* lied_about_ = nullptr;
  std::function<Breakers()> breakers_;
  // Of this process, by account: what the retry budget is reckoned by.
  struct Tries {
    std::int64_t first = 0, retries = 0;
  };
  std::map<std::int64_t, Tries> tries_;
  std::unordered_map<std::int64_t, StoredPayment> in_backup_;
  std::set<std::string> forgotten_;
  std::set<std::int64_t>
      went_on_;  // payments that changed between the backup and its restore, or are of then
  std::map<std::string, Instant> recorded_at_;  // operations and attempts, by reference
  std::unordered_map<std::int64_t, std::set<std::string>> attempts_of_;  // payments: all there ever were
  std::vector<Violation> violations_;
  std::map<std::pair<PaymentState, PaymentState>, std::uint64_t> steps_;
};

}  // namespace payweir::sim
