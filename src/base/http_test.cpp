#include "base/http.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace payweir::http {
namespace {

TEST(Headers, AreFoundWhateverTheirCase) {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  headers.add("X-Twice", "1");
  headers.add("x-twice", "2");
  EXPECT_EQ(headers.get("content-TYPE"), "text/plain");
  EXPECT_EQ(headers.get("X-TWICE"), "1");
  EXPECT_EQ(headers.get("x-missing"), "");
  EXPECT_TRUE(headers.has("x-twice"));
  EXPECT_FALSE(headers.has("x-twice2"));
  headers.set("X-TWICE", "3");
  EXPECT_EQ(headers.get("x-twice"), "3");
  EXPECT_EQ(headers.all().size(), 2u);
}

TEST(Http, SplitsATargetAtTheFirstQuestionMark) {
  EXPECT_EQ(path_of("/a/b?c=d?e"), "/a/b");
  EXPECT_EQ(query_of("/a/b?c=d?e"), "c=d?e");
  EXPECT_EQ(path_of("/a"), "/a");
  EXPECT_EQ(query_of("/a"), "");
  EXPECT_EQ(query_of("/a?"), "");
}

TEST(Http, NamesEveryMethod) {
  EXPECT_EQ(to_string(Method::get), "GET");
  EXPECT_EQ(to_string(Method::post), "POST");
  EXPECT_EQ(to_string(Method::put), "PUT");
  EXPECT_EQ(to_string(Method::patch), "PATCH");
  EXPECT_EQ(to_string(Method::del), "DELETE");
  EXPECT_EQ(to_string(Method::head), "HEAD");
  EXPECT_EQ(to_string(Method::options), "OPTIONS");
  EXPECT_EQ(to_string(Method::other), "OTHER");
}

// J07: no text of a merchant ends a header line, in a value or in a name.
TEST(Faults, J07_NoTextEndsAHeaderLine) {
  Headers headers;
  headers.add("X-Note", "a\r\nSet-Cookie: b=c\n\0d");
  EXPECT_EQ(headers.get("X-Note"), "aSet-Cookie: b=c");
  headers.set("X-Note\r\nX-Evil", std::string_view("1\0\r2", 4));
  EXPECT_EQ(headers.get("X-NoteX-Evil"), "12");
  EXPECT_TRUE(
      rc::check("a header holds no CR, LF or NUL", [](const std::string& name, const std::string& value) {
        Headers any;
        any.add(name, value);
        any.set(value, name);
        for (const auto& [key, text] : any.all())
          RC_ASSERT((std::string(key) + std::string(text)).find_first_of(std::string_view("\r\n\0", 3)) ==
                    std::string::npos);
      }));
}

}  // namespace
}  // namespace payweir::http
