#pragma once
// HTTP messages as plain values: what connectors build and read, what the client port sends, what the
// server and the sandbox handle. No sockets and no parsing here.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace payweir::http {

enum class Method : std::uint8_t { get, post, put, patch, del, head, options, other };

[[nodiscard]] std::string_view to_string(Method method);

// Field names are compared without regard to case. Values hold no CR, LF or NUL: set() drops those
// bytes, so that no text of a merchant can end a header line.
class Headers {
 public:
  void set(std::string_view name, std::string_view value);  // replaces
  void add(std::string_view name, std::string_view value);
  // The first value of that name, "" when there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  Method method = Method::get;
  std::string target;  // server: "/path?query"; client: the same, behind `origin`
  std::string origin;  // client only: "https://api.stripe.com" or "http://127.0.0.1:9000"
  Headers headers;
  std::string body;
  std::string peer_address;  // server only: the address the connection came from
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

// The part before and the part behind the first "?" of a target, still percent-encoded.
[[nodiscard]] std::string_view path_of(std::string_view target);
[[nodiscard]] std::string_view query_of(std::string_view target);

}  // namespace payweir::http
