#pragma once
// What the tests of the store share: rows with every column set, folders that go away, and a store whose
// coroutines run to their end on one thread.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store::testkit {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

template <class Row>
std::vector<Value> to_values(const Row& row) {
  std::vector<Value> values;
  append_values(row, values);
  return values;
}

// Runs one task to its end and returns what it returned.
template <class T>
T run(Task<T> task) {
  boost::asio::io_context context;
  std::optional<T> result;
  boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr failure, T value) {
    if (failure) std::rethrow_exception(failure);
    result.emplace(std::move(value));
  });
  context.run();
  check(result.has_value(), "the task ended");
  return std::move(*result);
}

// The completion of a task whose exceptions are the test's.
inline void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

// Keys that rise, as KeySequence makes them.
[[nodiscard]] std::int64_t next_key();

// What a payment that is created with confirm=true writes before its gateway is called, and after.
struct PaymentRows {
  PaymentRow payment;
  AttemptRow attempt;
  OperationRow operation;
  IdempotencyRow claim;
  PostingRow posting;
  OutboxRow event;
  AnswerRow answer;

  [[nodiscard]] ChangeSet creation() const;
  // Brings the rows to "captured" first, so that they are what the store holds afterwards.
  [[nodiscard]] ChangeSet capture();
};
[[nodiscard]] PaymentRows make_payment(std::int64_t merchant_no);

}  // namespace payweir::store::testkit
