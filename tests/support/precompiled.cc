// What is compiled here is the header that all tests read precompiled.
