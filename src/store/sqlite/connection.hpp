#pragma once
// Connection and Statement: the SQLite C API with owners and with Result. One thread at a time.
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/table.hpp"

namespace payweir::store::sqlite {

// What an extended result code means to the switch: store_full, store_busy, store_corrupt or
// store_unavailable. `doing` is for people: "opening the database".
[[nodiscard]] Error to_error(int result_code, std::string_view doing);

// Whether the kernel may have thrown away what it was asked to keep: nothing written since the last
// successful sync can be trusted, so only a new process that reads the log anew may go on.
[[nodiscard]] bool lost_durability(int result_code);

class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  // Does not copy: `value` must live, unchanged, until the statement has been stepped and reset.
  void bind(int number, const Value& value, ColumnType type);
  void bind(int number, std::int64_t value) { sqlite3_bind_int64(statement_.get(), number, value); }
  // Runs a statement that returns no row, to its end, and makes it ready for the next time.
  [[nodiscard]] int run();

  [[nodiscard]] sqlite3_stmt* get() const { return statement_.get(); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Connection {
 public:
  enum class Role : std::uint8_t { writer, reader, checkpointer };
  // `vfs` "" is the system's.
  [[nodiscard]] static Result<Connection> open(const std::string& path, const std::string& vfs, Role role);

  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  [[nodiscard]] Result<void> execute(const std::string& sql);
  // The first column of the first row, 0 without a row.
  [[nodiscard]] Result<std::int64_t> query_integer(std::string_view sql);

  [[nodiscard]] sqlite3* get() const { return database_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace payweir::store::sqlite
