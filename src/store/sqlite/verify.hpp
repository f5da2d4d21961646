#pragma once
// Verify: whether a database is whole and its books agree, by reading it. Beside a running switch, or on a
// backup.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir::store::sqlite {

struct Verified {
  std::string_view what;      // "the ledger agrees with the payments"
  std::int64_t breaches = 0;  // rows at fault
  std::string example;        // of one of them
};

struct Inventory {
  std::int64_t schema = 0, epoch = 0, payments = 0, refunds = 0, postings = 0, events = 0,
               operations_open = 0;
};

// Tells of each check when it has ended; the answer is what is in it. All checks see one state of the
// database. Errors: store_*; store_corrupt when it cannot be read as one of ours.
[[nodiscard]] Result<Inventory> verify(const std::string& path,
                                       const std::function<void(const Verified&)>& tell);

}  // namespace payweir::store::sqlite
