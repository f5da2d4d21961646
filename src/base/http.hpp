#pragma once
// HTTP messages as plain values: what connectors build and read, what the client port sends, what the
// server and the sandbox handle. No sockets and no parsing here.
#include <cstdint>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace payweir::http {

enum class Method : std::uint8_t { get, post, put, patch, del, head, options, other };

[[nodiscard]] std::string_view to_string(Method method);

// Field names are compared without regard to case. Values hold no CR, LF or NUL: set() drops those
// bytes, so that no text of a merchant can end a header line. The views that it gives are valid until a
// field is added or the object moves.
class Headers {
 public:
  using Field = std::pair<std::string_view, std::string_view>;  // name, value
  void set(std::string_view name, std::string_view value);      // replaces
  void add(std::string_view name, std::string_view value);
  // The first value of that name, "" when there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  // Every Field in order, as a sized range.
  [[nodiscard]] auto all() const {
    return std::views::transform(places_, [this](const Place& place) { return field_at(place); });
  }

 private:
  // Where a field stands in text_, which holds all of them one behind the other.
  struct Place {
    std::uint32_t name_at, name_size, value_size;
  };
  [[nodiscard]] Field field_at(const Place& place) const {
    return {std::string_view(text_).substr(place.name_at, place.name_size),
            std::string_view(text_).substr(place.name_at + place.name_size, place.value_size)};
  }
  std::uint32_t put(std::string_view text);

  std::string text_;
  std::vector<Place> places_;
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
