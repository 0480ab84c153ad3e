// What is compiled here is the header that all libraries read precompiled.
