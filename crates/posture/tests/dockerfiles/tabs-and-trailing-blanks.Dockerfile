FROM	alpine:3.20.3	AS	x
RUN	apk add --no-cache \  
	curl=8.10.1-r0 \	
	jq=1.7.1-r0
  USER 1000
	CMD	[ "curl" , "--version" ]
