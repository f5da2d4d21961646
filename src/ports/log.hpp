#pragma once
// Structured logs as a port. Values are escaped by the writer; no card number, CVC, key or raw body is
// ever passed in. Callable from every thread.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace payweir {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
};

class Log {
 public:
  virtual ~Log() = default;
  // `event` is a short constant such as "payment.declined".
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;
};

}  // namespace payweir
