#pragma once
// JSON out: an append-only writer. Commas are its own affair; nesting is the caller's, and take()
// checks that it closed. Strings must be UTF-8; control characters and the marks that change the
// direction of text are escaped, so that no value can disturb a log line or a terminal.
#include <cstdint>
#include <string>
#include <string_view>

namespace payweir::json {

class Writer {
 public:
  explicit Writer(std::size_t reserve_bytes = 512) { out_.reserve(reserve_bytes); }

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& key(std::string_view name);
  Writer& string(std::string_view value);
  Writer& integer(std::int64_t value);
  Writer& real(double value);
  Writer& boolean(bool value);
  Writer& null();
  // Text that already is JSON; "" becomes null.
  Writer& raw(std::string_view json);

  // key and value in one
  Writer& field(std::string_view name, std::string_view value) { return key(name).string(value); }
  Writer& field(std::string_view name, const char* value) { return key(name).string(value); }
  Writer& field(std::string_view name, std::int64_t value) { return key(name).integer(value); }
  Writer& field(std::string_view name, int value) { return key(name).integer(value); }
  Writer& field(std::string_view name, bool value) { return key(name).boolean(value); }
  Writer& null_field(std::string_view name) { return key(name).null(); }
  Writer& raw_field(std::string_view name, std::string_view json) { return key(name).raw(json); }
  // "" becomes null: the wire's way of saying that a text is not there.
  Writer& text_or_null(std::string_view name, std::string_view value) {
    key(name);
    return value.empty() ? null() : string(value);
  }

  [[nodiscard]] std::string_view view() const { return out_; }
  [[nodiscard]] std::string take() &&;

 private:
  Writer& open(char c);
  Writer& close(char c);
  void separate() {
    if (comma_) out_ += ',';
    comma_ = true;
  }
  void append_escaped(std::string_view text);
  std::string out_;
  int depth_ = 0;
  bool comma_ = false;
};

}  // namespace payweir::json
